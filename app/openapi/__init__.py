"""The national open interface (全国建筑工人管理服务信息平台开放数据接口).

What site systems (项目端) send to this platform and ask of it: one address, the method name
as a parameter, signed forms, replies as JSON that always come with HTTP 200.
"""
