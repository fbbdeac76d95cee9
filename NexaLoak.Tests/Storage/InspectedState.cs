using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;

namespace NexaLoak.Tests.Storage;

/// <summary>What an inspection says that a node will find, in a form that compares with what it does find.</summary>
internal static class InspectedState
{
    /// <summary>The state that a node recovers from a disk, or the line with which it refuses to. Fails when the inspection does more than read.</summary>
    public static string Of(SimulatedDisk disk)
    {
        SimulatedDisk watched = disk.Copy();
        watched.Fault = (operation, name) => operation == DiskOperation.Read ? null : new InvalidOperationException($"{operation} of {name}");
        try
        {
            using FasterStorageInspection inspection = FasterStorageInspection.OpenOn(watched);
            return inspection.Findings.FirstOrDefault(finding => finding.Kind == StorageFindingKind.Damage)?.Message ?? Of(inspection.Contents!);
        }
        catch (StorageOpenException)
        {
            return Of(RecoveredState.Empty);
        }
    }

    public static string Of(RecoveredState state) =>
        $"{state.HardState} {state.Base} to {state.LastIndex} {string.Join(' ', state.TermRuns)} {state.Snapshot} "
        + SampleData.Describe(state.Configurations);

    private static string Of(StorageContents contents) => Of(new RecoveredState(contents.HardState, contents.Base, contents.LastIndex, contents.TermRuns)
    {
        Snapshot = contents.Snapshots.SingleOrDefault(snapshot => snapshot.IsNewest)?.Metadata,
        Configurations = contents.Configurations,
    });
}
