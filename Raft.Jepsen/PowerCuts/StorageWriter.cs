using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// Opens a storage and writes what the script says, until its process ends or its disk fails. Tells, a line each: that it opens; what it found; each
/// write that is durable; and why it can't go on.
/// </summary>
internal sealed class StorageWriter : IStorageListener
{
    /// <summary>How many writes are on their way to the disk at most.</summary>
    public const int Window = 8;

    /// <summary>Said before the storage is opened.</summary>
    public const string Opening = "opening";

    /// <summary>Said with the number of the last write that was found.</summary>
    public const string Opened = "opened ";

    /// <summary>Said with the number of a write.</summary>
    public const string Durable = "durable ";

    /// <summary>Said with the reason.</summary>
    public const string Failed = "failed ";

    private readonly object _gate = new();
    private readonly TextWriter _output;
    private readonly ulong _before;
    private ulong _persisted;
    private Exception? _failure;

    private StorageWriter(ulong before, TextWriter output)
    {
        _before = before;
        _output = output;
    }

    /// <summary>Writes until something fails.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string directory, ulong opening, SyncLie lie, TextWriter output)
    {
        output = TextWriter.Synchronized(output);
        try
        {
            output.WriteLine(Opening);
            FasterStorageOptions options = StorageScript.OptionsFor(directory);
            FasterRaftStorage storage = lie == SyncLie.None
                ? FasterRaftStorage.Open(options)
                : FasterRaftStorage.OpenOn(new LyingDisk(directory, lie), options, NullLogger.Instance);
            ScriptState found = ScriptState.Of(storage);
            output.WriteLine(FormattableString.Invariant($"{Opened}{found.Number}"));
            new StorageWriter(found.Number, output).Write(storage, found, opening);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageCorruptedException)
        {
            output.WriteLine(Failed + e.Message);
        }

        // Closing it would try to write on.
        return 1;
    }

    public void OnPersisted(ulong sequence)
    {
        _output.WriteLine(FormattableString.Invariant($"{Durable}{_before + sequence}"));
        lock (_gate)
        {
            _persisted = sequence;
            Monitor.Pulse(_gate);
        }
    }

    public void OnFailed(Exception error)
    {
        lock (_gate)
        {
            _failure = error;
            Monitor.Pulse(_gate);
        }
    }

    private void Write(FasterRaftStorage storage, ScriptState state, ulong opening)
    {
        storage.Start(this);
        for (ulong sequence = 1; ; sequence++)
        {
            WaitForRoom(sequence);
            ScriptStep step = StorageScript.Next(state, opening);
            if (step.Snapshot is { } snapshot)
            {
                Seal(storage, snapshot);
            }

            ReadOnlyMemory<Entry>[] slices = step.Entries.Count == 0 ? [] : [step.Entries.ToArray()];
            storage.Enqueue(new StorageWrite(sequence, step.HardState, slices) { Snapshot = step.Snapshot, Base = step.Base });
            state = state.After(step);
        }
    }

    private void WaitForRoom(ulong sequence)
    {
        lock (_gate)
        {
            while (_failure is null && sequence - _persisted > Window)
            {
                Monitor.Wait(_gate);
            }

            if (_failure is { } failure)
            {
                throw new IOException(failure.Message, failure);
            }
        }
    }

    private static void Seal(FasterRaftStorage storage, SnapshotMetadata snapshot)
    {
        using ISnapshotWriter writer = storage.CreateSnapshot();
        writer.Content.Write(SampleData.Content(snapshot.Id, (int)snapshot.Size));
        writer.Seal((_, _) => snapshot);
    }
}
