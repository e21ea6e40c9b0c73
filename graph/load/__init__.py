"""Turn foreign files and tables into Records, lazily."""
