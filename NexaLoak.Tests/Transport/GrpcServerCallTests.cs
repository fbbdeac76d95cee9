using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class GrpcServerCallTests
{
    private const string Exchange = $"{ExchangeHeaders.ServicePath}/{ExchangeHeaders.MethodName}";

    private static readonly Dictionary<NodeId, Uri> _peers = new() { [new NodeId(1)] = new Uri("http://127.0.0.1:1") };

    [TestCase(new byte[] { 1, 0, 0, 0, 1, 9 }, GrpcStatusCode.Unimplemented)]
    [TestCase(new byte[] { 9, 0, 0, 0, 1, 9 }, GrpcStatusCode.Internal)]
    [TestCase(new byte[] { 0, 255, 255, 255, 255 }, GrpcStatusCode.ResourceExhausted)]
    [TestCase(new byte[] { 0, 0, 0, 0, 1, 0 }, GrpcStatusCode.InvalidArgument)]
    public async Task A_bad_frame_ends_the_call_with_its_status(byte[] bytes, object code)
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            await using GrpcClientCall call = Start(address, Exchange);
            await call.WriteAsync(bytes, CancellationToken.None);

            Assert.That((await EndOf(call)).Code, Is.EqualTo(code));
        }
    }

    [TestCase(GrpcHeaders.Encoding, "gzip", GrpcStatusCode.Unimplemented)]
    [TestCase(GrpcHeaders.Timeout, "soon", GrpcStatusCode.InvalidArgument)]
    [TestCase(GrpcHeaders.Timeout, "50m", GrpcStatusCode.DeadlineExceeded)]
    public async Task A_header_can_end_the_call(string header, string value, object code)
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            await using GrpcClientCall call = Start(address, Exchange, new(header, value));

            Assert.That((await EndOf(call)).Code, Is.EqualTo(code));
        }
    }

    [Test]
    public async Task An_unknown_method_is_unimplemented_and_named()
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            await using GrpcClientCall call = Start(address, $"{ExchangeHeaders.ServicePath}/Größe");

            Assert.That(await EndOf(call), Is.EqualTo(new GrpcStatus(GrpcStatusCode.Unimplemented, $"There is no method {ExchangeHeaders.ServicePath}/Größe.")));
        }
    }

    [Test]
    public async Task An_unknown_service_is_unimplemented()
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            await using GrpcClientCall call = Start(address, "/other.Service/Method");

            Assert.That((await EndOf(call)).Code, Is.EqualTo(GrpcStatusCode.Unimplemented));
        }
    }

    [Test]
    public async Task A_newer_call_of_the_same_peer_takes_the_place_of_the_older_one()
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            var accepted = new TaskCompletionSource();
            await using GrpcClientCall older = Start(address, Exchange, onReply: accepted.SetResult);
            await accepted.Task.WaitAsync(Eventually.Limit);
            await using GrpcClientCall newer = Start(address, Exchange);
            GrpcStatus status = await EndOf(older);
            await newer.WriteAsync(GrpcFrameReaderTests.Frame(FrameCodecTests.Encode([TransportCluster.Heartbeat(1, 2)])), CancellationToken.None);

            Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.Aborted));
            await Eventually.Holds(() => !node.Listener.Messages.IsEmpty, "the newer call delivers");
        }
    }

    [Test]
    public async Task Calls_end_when_the_transport_does()
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            var accepted = new TaskCompletionSource();
            await using GrpcClientCall open = Start(address, Exchange, onReply: accepted.SetResult);
            await accepted.Task.WaitAsync(Eventually.Limit);
            await node.Transport.DisposeAsync();
            await using GrpcClientCall late = Start(address, Exchange);

            Assert.That((await EndOf(open)).Code, Is.EqualTo(GrpcStatusCode.Unavailable));
            Assert.That((await EndOf(late)).Code, Is.EqualTo(GrpcStatusCode.Unavailable));
        }
    }

    [Test]
    public async Task Whoever_speaks_no_grpc_is_told_so_by_http()
    {
        (TransportNode node, Uri address) = await StartAsync();
        await using (node)
        {
            using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var body = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json"));
            using HttpResponseMessage response = await client.PostAsync(new Uri(address, Exchange), body);

            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        }
    }

    [Test]
    public async Task A_call_may_be_silent_and_long()
    {
        // Kestrel lets nobody read this limit on HTTP/2, so a stand-in notes that it was lifted.
        var rate = new BodyRate();
        IHttpMaxRequestBodySizeFeature? size = null;
        (TransportNode node, Uri address) = await StartAsync(app => app.Use((context, next) =>
        {
            context.Features.Set<IHttpMinRequestBodyDataRateFeature>(rate);
            size = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
            return next(context);
        }));
        await using (node)
        {
            var accepted = new TaskCompletionSource();
            await using GrpcClientCall call = Start(address, Exchange, onReply: accepted.SetResult);
            await accepted.Task.WaitAsync(Eventually.Limit);

            Assert.That(rate.MinDataRate, Is.Null);
            Assert.That(size!.MaxRequestBodySize, Is.Null);
        }
    }

    private static async Task<(TransportNode Node, Uri Address)> StartAsync(Action<WebApplication>? map = null)
    {
        IPEndPoint endPoint = LoopbackPort.Reserve();
        var options = new GrpcTransportOptions { AllowPlaintextOnLoopback = true };
        TransportNode node = await TransportNode.StartAsync(TransportCluster.Identity(2), endPoint, _peers, authentication: null, options, map);
        return (node, new Uri($"http://{endPoint}"));
    }

    private static GrpcClientCall Start(Uri address, string method, KeyValuePair<string, string>? header = null, Action? onReply = null)
    {
        KeyValuePair<string, string>[] headers = ExchangeHeaders.Create(TransportCluster.Identity(1), new NodeId(2));
#pragma warning disable CA2000 // The call outlives this method, and the process ends soon after the call.
        var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
#pragma warning restore CA2000
        return GrpcClientCall.Start(invoker, new Uri(address, method), header is { } extra ? [.. headers, extra] : headers, 1024, _ => onReply?.Invoke());
    }

    private static Task<GrpcStatus> EndOf(GrpcClientCall call) => call.Completion.WaitAsync(Eventually.Limit);

    private sealed class BodyRate : IHttpMinRequestBodyDataRateFeature
    {
        public MinDataRate? MinDataRate { get; set; } = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
