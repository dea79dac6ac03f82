"""上报上级平台: the city's own records sent on to the province, as a client of the protocol.

The province speaks what our own interface speaks (open-api.md), so the fields of a message are
those our methods declare: nothing of them is said again here.
"""
