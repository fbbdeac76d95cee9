using System.Diagnostics.Metrics;
using Raft.Core.Node;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>Pieces of snapshots that this process's node has sent.</summary>
internal sealed class ChunkCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _sent;

    public ChunkCount()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == RaftDiagnostics.MeterName && instrument.Name == RaftDiagnostics.MessagesSent)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Count(count, tags));
        _listener.Start();
    }

    public long Sent
    {
        get
        {
            _listener.RecordObservableInstruments();
            return Interlocked.Read(ref _sent);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Count(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag is { Key: RaftDiagnostics.MessageTypeTag, Value: "snapshot_chunk" })
            {
                Interlocked.Exchange(ref _sent, count);
            }
        }
    }
}
