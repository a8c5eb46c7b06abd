"""The one POST over real sockets: TLS, proxies, and every way in which a connection can end."""
