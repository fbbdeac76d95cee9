using KeyValue;
using Raft.Core.Node;
using Raft.Storage.Faster;
using Raft.Transport.Grpc.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRaft(builder.Configuration.GetSection("Raft"))
    .UseGrpcTransport()
    .UseFasterStorage(builder.Configuration["Data"] ?? "data/raft")
    .UseStateMachine<KeyValueStore>();

var app = builder.Build();
app.UseMiddleware<NotLeaderMiddleware>();
app.MapRaft();
app.MapPut("/kv/{key}", async (string key, string value, IRaft raft, CancellationToken ct)
    => (await raft.ProposeAsync(KeyValueStore.Put(key, value), ct)).Index);
app.MapGet("/kv/{key}", async (string key, IRaft raft, KeyValueStore store, CancellationToken ct) =>
{
    await raft.ReadBarrierAsync(ReadConsistency.Linearizable, ct);
    return store.Get(key) is { } value ? Results.Text(value) : Results.NotFound();
});
app.Run();
