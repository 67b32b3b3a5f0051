"""The pages' use of Streamlit: session, URL state, widgets and components."""
