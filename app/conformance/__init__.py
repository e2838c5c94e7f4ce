"""What every adapter must do, as pytest classes that an adapter's own tests inherit.

pytest is imported here and nowhere else in ``app``: install it to run them.
"""
