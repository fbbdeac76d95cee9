using System.Runtime.ExceptionServices;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// What lies between the clients of a workload and the simulated nodes. Requests and answers are delayed, and some get lost; they lie in the sockets of a
/// paused node until it goes on; a dead node takes no connection, and a crash breaks those that it has.
/// </summary>
internal sealed class ClientLinks : IStoreNodes
{
    /// <summary>A connection sends again what the network lost, so that fewer requests get lost than messages.</summary>
    private const int LostMessagesPerRequest = 10;

    private readonly SimulatedNode[] _nodes;
    private readonly FaultPlan _plan;
    private readonly RandomStreams _streams;
    private readonly VirtualTime _time;
    private readonly Action<SimulatedNode> _afterInput;
    private readonly List<ClientCall>[] _open;
    private ExceptionDispatchInfo? _failure;
    private long _sent;
    private bool _healed;

    /// <param name="nodes">All nodes; those that may be witnesses serve no clients.</param>
    /// <param name="plan">Says how bad links are.</param>
    /// <param name="streams">Decide on each request.</param>
    /// <param name="time">The time that passes on the way.</param>
    /// <param name="afterInput">Has a node carry out what a request made necessary.</param>
    public ClientLinks(SimulatedNode[] nodes, FaultPlan plan, RandomStreams streams, VirtualTime time, Action<SimulatedNode> afterInput)
    {
        (_nodes, _plan, _streams, _time, _afterInput) = (nodes, plan, streams, time, afterInput);
        _open = [.. nodes.Select(_ => new List<ClientCall>())];
        Ids = [.. nodes.Where(node => !node.MayBeWitness).Select(node => node.Id.Value)];
    }

    public ulong[] Ids { get; }

    /// <summary>Hash of all that clients asked and were told.</summary>
    public ulong Digest { get; private set; }

    public Task<Answer> PostAsync(ulong node, string path, byte[] body, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        Digest = Hash.Chain(Digest, body);
        var call = new ClientCall(_nodes[(int)node - 1], path, body, _streams.Open(RandomPurpose.ClientLink, (int)node, _sent++));
        _time.In((long)limit.TotalMicroseconds, () => call.End(Answer.Unclear("no answer in time")));
        Pass(call, () => Arrive(call));
        return call.Answer;
    }

    /// <summary>A node has crashed: nobody will answer what it was asked.</summary>
    public void Break(SimulatedNode node)
    {
        foreach (ClientCall call in _open[node.Position])
        {
            Return(call, Answer.Unclear("the connection broke"));
        }

        _open[node.Position].Clear();
    }

    /// <summary>What is under way is lost; from now on everything arrives, and soon.</summary>
    public void Heal() => _healed = true;

    /// <summary>Throws what went wrong in a node that carried out a request.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    private void Pass(ClientCall call, Action arrive)
    {
        if (_healed)
        {
            _time.In(call.Fate.Between(100, 2_000), arrive);
            return;
        }

        long delay = call.Fate.Wait(_plan.LinkDelay);
        bool lost = call.Fate.Chance(_plan.Loss / LostMessagesPerRequest);
        delay += call.Fate.WaitIf(call.Fate.Chance(_plan.LateMessage), _plan.ElectionTimeout);
        if (!lost)
        {
            InUnlessHealed(delay, arrive);
        }
    }

    private void InUnlessHealed(long delay, Action action) => _time.In(delay, () =>
    {
        if (!_healed)
        {
            action();
        }
    });

    private void Arrive(ClientCall call)
    {
        SimulatedNode node = call.Node;
        long pause = node.PausedUntil - _time.Now;
        if (pause > 0)
        {
            call.LiesAt ??= node.Incarnation;
            InUnlessHealed(Math.Min(pause, _plan.ElectionTimeout), () => Arrive(call));
        }
        else if (call.LiesAt is { } start && start != node.Incarnation)
        {
            Return(call, Answer.Unclear("the connection broke"));
        }
        else if (!node.IsUp)
        {
            Return(call, Answer.Failed("no connection"));
        }
        else
        {
            _ = ServeAsync(call);
        }
    }

    private async Task ServeAsync(ClientCall call)
    {
        List<ClientCall> open = _open[call.Node.Position];
        open.Add(call);
        try
        {
            StoreService service = call.Node.Service!;
            Task<StoreAnswer> serving = call.Path == StoreEndpoints.Operations
                ? service.OperateAsync(call.Body, CancellationToken.None)
                : service.CarryOutAsync(call.Body);
            _afterInput(call.Node);
            StoreAnswer answer = await serving.ConfigureAwait(false);
            if (open.Remove(call))
            {
                Digest = Hash.Chain(Digest, answer.Body);
                Return(call, Answer.Of(answer));
            }
        }
        catch (Exception failure)
        {
            // Thrown again where the simulation goes on, not where nobody waits.
            _failure ??= ExceptionDispatchInfo.Capture(failure);
        }
    }

    private void Return(ClientCall call, Answer answer) => Pass(call, () => call.End(answer));
}
