"""The front desk of a page: the only Streamlit of the package."""
