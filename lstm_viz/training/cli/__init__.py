"""The commands of `python -m lstm_viz` that train and measure; `commands.py` collects them."""
