"""The pages' use of Streamlit."""
