"""The units page: what one unit does, where the same units do the same, where the state goes."""
