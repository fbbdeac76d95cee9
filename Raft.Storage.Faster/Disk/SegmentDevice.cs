using FASTER.core;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// FASTER's device over <see cref="SegmentFiles"/>. A write goes to the operating system at once, and is reported to FASTER as done only by the
/// <see cref="Sync"/> that made it durable, so FASTER's flushed and committed addresses never run ahead of the disk.
/// </summary>
internal sealed class SegmentDevice(SegmentFiles files, string name) : StorageDeviceBase(name, SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    /// <summary>What FASTER aligns its writes to: the unit that disks write whole or not at all.</summary>
    public const int SectorBytes = 512;

    private const uint FailedIo = 5;

    private readonly Lock _gate = new();
    private List<Completion> _written = [];
    private List<Completion> _syncing = [];
    private Exception? _failure;

    /// <summary>Makes everything written so far durable and tells FASTER so, which may then write more.</summary>
    /// <exception cref="IOException">A write or the sync failed; the device is dead from then on.</exception>
    /// <exception cref="InvalidOperationException">FASTER waits for the disk and has nothing on its way there: going on would last for ever.</exception>
    public void Sync()
    {
        ThrowIfFailed();
        lock (_gate)
        {
            (_written, _syncing) = (_syncing, _written);
        }

        if (_syncing.Count == 0)
        {
            throw new InvalidOperationException("FASTER waits for a write that it never began.");
        }

        try
        {
            files.Sync();
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }

        foreach (Completion completion in _syncing)
        {
            completion.Callback(0, completion.Bytes, completion.Context);
        }

        _syncing.Clear();
    }

    public override void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        try
        {
            ThrowIfFailed();
            files.Write(AddressOf(segmentId, destinationAddress), Memory(sourceAddress, numBytesToWrite));
            lock (_gate)
            {
                _written.Add(new Completion(callback, numBytesToWrite, context));
            }
        }
        catch (Exception e)
        {
            // An exception must not pass through FASTER's epoch actions, which would be left half done. The next Sync throws it.
            _failure ??= e;
            callback(FailedIo, 0, context);
        }
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        try
        {
            files.Read(AddressOf(segmentId, sourceAddress), Memory(destinationAddress, readLength));
            callback(0, readLength, context);
        }
        catch (IOException e)
        {
            _failure ??= e;
            callback(FailedIo, 0, context);
        }
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) =>
        throw new NotSupportedException("FASTER is never asked to truncate the log's prefix.");

    public override void Dispose()
    {
    }

    /// <summary>Throws what made the device fail.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new IOException(_failure.Message, _failure);
        }
    }

    private static unsafe Span<byte> Memory(nint address, uint length) => new((void*)address, checked((int)length));

    private long AddressOf(int segment, ulong offset) => ((long)segment << files.Geometry.SegmentBits) + (long)offset;

    private readonly record struct Completion(DeviceIOCompletionCallback Callback, uint Bytes, object Context);
}
