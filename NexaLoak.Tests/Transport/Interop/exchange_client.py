"""Calls a method of the Raft service with Debian's gRPC and prints how the call ended, as JSON.

Standard input holds JSON: target, authority, certificate, key (PEM files), method, metadata (pairs), frames (base64).
"""
import base64
import json
import sys
import threading

import grpc


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    call = json.load(sys.stdin)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=read(call["authority"]), private_key=read(call["key"]), certificate_chain=read(call["certificate"]))
    replied = threading.Event()

    def requests():
        for frame in call["frames"]:
            yield base64.b64decode(frame)
        # The stream stays open until the server has answered, as that of a node does.
        replied.wait(60)

    with grpc.secure_channel(call["target"], credentials, [("grpc.ssl_target_name_override", "localhost")]) as channel:
        identity = lambda data: data
        method = channel.stream_stream(call["method"], request_serializer=identity, response_deserializer=identity)
        responses = method(requests(), metadata=[tuple(pair) for pair in call["metadata"]], timeout=60)
        replies = []
        try:
            for reply in responses:
                replies.append(base64.b64encode(reply).decode())
                replied.set()
        except grpc.RpcError:
            # The status is read below.
            replied.set()
        print(json.dumps({"code": responses.code().value[0], "details": responses.details(), "replies": replies}))


main()
