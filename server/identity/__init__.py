"""Know who asks, and what that role may."""
