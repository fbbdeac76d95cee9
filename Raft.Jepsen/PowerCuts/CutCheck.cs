using Raft.Core.Storage;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.PowerCuts;

/// <summary>Holds what a power cut, or the death of a process, left against what the script wrote.</summary>
internal sealed class CutCheck(string copies, PowerCutTally tally)
{
    /// <summary>
    /// Opens a copy of the folder, which must be in the state after some write, from the last one that was promised to be durable on.
    /// </summary>
    /// <param name="folder">What was left. It is not changed, so that the next opening begins with the same.</param>
    /// <param name="trail">The states from the last one that was durable before the opening, to the one that it had to find.</param>
    /// <param name="opening">Its number.</param>
    /// <param name="durable">Number of the last write that was promised to be durable.</param>
    /// <param name="reported">Number of the last write that was reported at all.</param>
    /// <returns>The states from the one that was promised to the one that is there.</returns>
    /// <exception cref="PowerCutException">It is in no such state.</exception>
    public IReadOnlyList<ScriptState> Check(string folder, IReadOnlyList<ScriptState> trail, ulong opening, ulong durable, ulong reported)
    {
        Inspect(folder);
        ScriptState found = Open(folder);
        if (found.Number < durable)
        {
            throw new PowerCutException($"lost: write {durable} was durable, and write {found.Number} is the last one there");
        }

        ulong last = Math.Max(trail[^1].Number, reported);
        if (found.Number > last + StorageWriter.Window)
        {
            throw new PowerCutException($"never written: write {found.Number} is there, and {last} was the last one reported");
        }

        List<ScriptState> states = [.. trail];
        while (states[^1].Number < found.Number)
        {
            states.Add(states[^1].After(StorageScript.Next(states[^1], opening)));
        }

        states = states.FindAll(state => state.Number >= durable && state.Number <= found.Number);
        if (found.DifferenceTo(states[^1]) is string difference)
        {
            throw new PowerCutException($"not what was written: write {found.Number} left {difference}");
        }

        tally.Durable += durable - trail[0].Number;
        tally.Unreported += found.Number - durable;
        return states;
    }

    private void Inspect(string folder)
    {
        try
        {
            using FasterStorageInspection inspection = FasterStorageInspection.Open(folder);
            tally.InterruptedCommits += inspection.Findings.Count(finding => finding.Kind == StorageFindingKind.InterruptedCommit);
            tally.InvalidMarkers += inspection.Findings.Count(finding => finding.Kind == StorageFindingKind.InvalidMarker);
            tally.Leftovers += inspection.Files.Count(file => file.Role == StorageFileRole.Leftover);
            if (inspection.Findings.FirstOrDefault(finding => finding.Kind == StorageFindingKind.Damage) is { } damage)
            {
                throw new PowerCutException($"damaged: {damage.Message}");
            }
        }
        catch (StorageOpenException)
        {
            // The folder, or its marker, did not come to be.
        }
    }

    private ScriptState Open(string folder)
    {
        string copy = Path.Combine(copies, "copy");
        Directory.CreateDirectory(copy);
        try
        {
            foreach (string file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [])
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            FasterRaftStorage storage = FasterRaftStorage.Open(StorageScript.OptionsFor(copy));
            try
            {
                if (storage.Recovered.Snapshot is { } snapshot)
                {
                    using Stream content = storage.OpenSnapshot(snapshot);
                    content.CopyTo(Stream.Null);
                }

                return ScriptState.Of(storage);
            }
            finally
            {
                storage.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is StorageCorruptedException or StorageOpenException)
        {
            throw new PowerCutException($"refused: {e.Message}");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
