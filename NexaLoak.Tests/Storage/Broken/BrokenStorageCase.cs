using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>A storage with one fault, the check that is meant to find it, and the rule that it must name.</summary>
public sealed class BrokenStorageCase
{
    private readonly Func<BrokenStorage> _create;

    internal BrokenStorageCase(string fault, string check, StorageRule rule, Func<BrokenStorage> create)
    {
        Fault = fault;
        Check = check;
        Rule = rule;
        _create = create;
    }

    public string Fault { get; }

    public string Check { get; }

    public StorageRule Rule { get; }

    public StorageUnderTest Storage => new(_create, closed => closed) { Crash = open => open, WaitLimit = TimeSpan.FromSeconds(1) };

    public override string ToString() => $"{Fault} - {Check}";
}
