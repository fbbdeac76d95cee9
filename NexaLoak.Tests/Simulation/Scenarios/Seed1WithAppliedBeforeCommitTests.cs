using NUnit.Framework;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation.Scenarios;

/// <summary>Seed 1 with applied-before-commit breaks S8 applied is committed.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class Seed1WithAppliedBeforeCommitTests
{
    private const string Json = """
        {
          "Seed": 1,
          "Mutant": "applied-before-commit",
          "Property": "S8 applied is committed",
          "Duration": 52,
          "Until": 2400685,
          "Plan": {
            "Voters": 4,
            "Learners": 0,
            "Witnesses": 0,
            "Spares": 0,
            "Options": {
              "ElectionTicks": 10,
              "HeartbeatTicks": 1,
              "PreVote": true,
              "CheckQuorum": true,
              "LeaseReads": false,
              "LeaseDriftPercent": 10,
              "TickMicroseconds": 0,
              "Priority": 100,
              "MaxEntryBytes": 1048576,
              "MaxAppendBytes": 1048576,
              "MaxInflightMessages": 256,
              "MaxInflightBytes": 16777216,
              "MaxUncommittedBytes": 67108864,
              "LogCacheBytes": 16777216,
              "TrailingEntries": 10000,
              "MaxTrailingEntries": 1000000,
              "SnapshotChunkBytes": 65536,
              "MaxInflightSnapshotChunks": 16,
              "SnapshotBytesPerTick": 9223372036854775807,
              "PromotionLag": 1000
            },
            "TickLength": 20000,
            "LinkDelay": 300,
            "DiskDelay": 200,
            "Loss": 0,
            "Duplication": 0,
            "Replay": 0,
            "LateMessage": 0,
            "CrashInReady": 0,
            "LateDrain": 0,
            "FaultIntervals": [],
            "TriggerChances": [],
            "ProposeInterval": 0,
            "ReadInterval": 0,
            "ChangeInterval": 0,
            "MaxBatch": 0,
            "SnapshotEntries": 0,
            "SnapshotPadding": 0,
            "StagingFailure": 0,
            "Priorities": [],
            "Encoded": false,
            "LinkStaysCut": false,
            "Sessions": false
          },
          "Faults": [],
          "Operations": [],
          "QuietLinks": []
        }
        """;

    [Test]
    public void S8_applied_is_committed() => Assert.That(Scenario.Parse(Json).Run().Failure?.Property, Is.EqualTo("S8 applied is committed"));
}
