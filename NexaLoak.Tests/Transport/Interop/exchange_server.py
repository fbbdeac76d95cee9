"""Serves the Raft service with Debian's gRPC: prints its port, then each frame that arrives (base64) and the metadata of the call.

Standard input holds one line of JSON: authority, certificate, key (PEM files), reply (base64). The end of standard input ends the server.
"""
import base64
import concurrent.futures
import json
import sys

import grpc


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    setup = json.loads(sys.stdin.readline())

    def exchange(requests, context):
        print(json.dumps({"metadata": {key: value for key, value in context.invocation_metadata() if key.startswith("raft-")}}), flush=True)
        replied = False
        for frame in requests:
            print(json.dumps({"frame": base64.b64encode(frame).decode()}), flush=True)
            if not replied:
                # The reply, and with it the headers, comes after the first frame only.
                yield base64.b64decode(setup["reply"])
                replied = True

    identity = lambda data: data
    handlers = grpc.method_handlers_generic_handler(
        "nexaloak.raft.v1.RaftTransport",
        {"Exchange": grpc.stream_stream_rpc_method_handler(exchange, request_deserializer=identity, response_serializer=identity)})
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=4), handlers=[handlers])
    credentials = grpc.ssl_server_credentials(
        [(read(setup["key"]), read(setup["certificate"]))], root_certificates=read(setup["authority"]), require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    print(json.dumps({"port": port}), flush=True)
    sys.stdin.read()
    server.stop(None)


main()
