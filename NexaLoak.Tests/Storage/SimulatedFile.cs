namespace NexaLoak.Tests.Storage;

/// <summary>A file of a <see cref="SimulatedDisk"/>: what was written, and what of it a sync made durable, by sector.</summary>
internal sealed class SimulatedFile(byte[] content)
{
    private const int SectorBytes = 512;

    private readonly Lock _gate = new();
    private readonly byte[] _durable = [.. content];
    private readonly HashSet<int> _dirty = [];

    public byte[] Content { get; } = content;

    public void Read(long offset, Span<byte> into)
    {
        lock (_gate)
        {
            into.Clear();
            if (offset < Content.Length)
            {
                Content.AsSpan((int)offset, (int)Math.Min(into.Length, Content.Length - offset)).CopyTo(into);
            }
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            bytes.CopyTo(Content.AsSpan((int)offset));
            for (long sector = offset / SectorBytes; sector * SectorBytes < offset + bytes.Length; sector++)
            {
                _dirty.Add((int)sector);
            }
        }
    }

    public void Sync()
    {
        lock (_gate)
        {
            Content.CopyTo(_durable, 0);
            _dirty.Clear();
        }
    }

    public byte[] AfterPowerCut(Random random)
    {
        lock (_gate)
        {
            byte[] left = [.. _durable];
            foreach (int sector in _dirty.Order().Where(_ => random.Next(2) == 0))
            {
                int at = sector * SectorBytes;
                Content.AsSpan(at, Math.Min(SectorBytes, left.Length - at)).CopyTo(left.AsSpan(at));
            }

            return left;
        }
    }
}
