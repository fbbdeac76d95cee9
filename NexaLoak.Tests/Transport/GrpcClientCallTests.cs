using System.Net.Sockets;
using NUnit.Framework;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport;

/// <summary>How a call ends of which the server never hears.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class GrpcClientCallTests
{
    private static readonly Uri Method = new("http://127.0.0.1:1/service/method");

    private static readonly Exception[] Failures =
    [
        new HttpRequestException("outer", new SocketException((int)SocketError.NotConnected)),
        new IOException("outer", new SocketException((int)SocketError.NotConnected)),
        new SocketException((int)SocketError.NotConnected),
    ];

    [TestCaseSource(nameof(Failures))]
    public async Task A_connection_that_breaks_off_makes_the_peer_unavailable(Exception failure)
    {
        using var invoker = new HttpMessageInvoker(new FailingHandler(failure));
        await using var call = GrpcClientCall.Start(invoker, Method, [], 1024, static _ => { });
        Assert.That(
            await call.Completion,
            Is.EqualTo(new GrpcStatus(GrpcStatusCode.Unavailable, new SocketException((int)SocketError.NotConnected).Message)));
        Assert.That(() => call.WaitForConnectionAsync(CancellationToken.None), Throws.InstanceOf<OperationCanceledException>());
    }

    private sealed class FailingHandler(Exception failure) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromException<HttpResponseMessage>(failure);
    }
}
