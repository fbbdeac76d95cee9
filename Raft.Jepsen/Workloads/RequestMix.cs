using Raft.Jepsen.Histories;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Workloads;

/// <summary>Draws what a client asks for next.</summary>
internal sealed class RequestMix(LoadOptions options, RandomStream random)
{
    private const int LargestTransfer = 60;
    private const int OldestExpected = 3;

    /// <summary>A request about a key.</summary>
    public ClientRequest Next(WorkKey key)
    {
        int dice = random.Below(100);
        return key.Kind switch
        {
            _ when dice < 40 => Read(key),
            KeyKind.List => ClientRequest.Append(key.Name, key.NextValue()),
            KeyKind.Register when dice < 70 => ClientRequest.Write(key.Name, key.NextValue()),
            KeyKind.Register => ClientRequest.Cas(key.Name, key.RecentValue(random.Below(OldestExpected)), key.NextValue()),
            _ => Transfer(key),
        };
    }

    /// <summary>What a consistency is called by the nodes. A follower's read is a linearizable one that is asked of any node.</summary>
    public static string NameOf(RequestedConsistency consistency) => consistency switch
    {
        RequestedConsistency.Lease => "leader",
        RequestedConsistency.Stale => "bounded",
        _ => "linearizable",
    };

    private ClientRequest Read(WorkKey key) => random.Below(10) switch
    {
        < 4 => ClientRequest.Read(key.Name),
        < 6 => ClientRequest.Read(key.Name, options.Leases ? RequestedConsistency.Lease : RequestedConsistency.Linearizable),
        < 9 => ClientRequest.Read(key.Name, RequestedConsistency.Follower),
        _ => ClientRequest.StaleRead(key.Name, (long)options.StalenessBound.TotalNanoseconds),
    };

    private ClientRequest Transfer(WorkKey key)
    {
        IReadOnlyList<string> accounts = Load.AccountNames;
        int from = random.Below(accounts.Count);
        int to = (from + 1 + random.Below(accounts.Count - 1)) % accounts.Count;
        return ClientRequest.Transfer(key.Name, accounts[from], accounts[to], 1 + random.Below(LargestTransfer));
    }
}
