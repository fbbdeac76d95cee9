namespace Raft.Storage.Faster.Disk;

/// <summary>A file of zeros in the making, on a <see cref="LocalDisk"/>.</summary>
internal sealed class LocalNewFile(LocalFile file, long length, Action syncDirectory) : INewFile
{
    private static readonly byte[] Zeros = new byte[64 << 10];

    private long _zeros;
    private bool _finished;

    public void ZeroTo(long offset)
    {
        long from = _zeros;
        while (_zeros < offset)
        {
            int count = (int)Math.Min(Zeros.Length, offset - _zeros);
            file.Write(_zeros, Zeros.AsSpan(0, count));
            _zeros += count;
        }

        file.BeginWriteback(from, _zeros - from);
    }

    public IDiskFile Finish()
    {
        ZeroTo(length);
        file.SyncAll();
        syncDirectory();
        _finished = true;
        return file;
    }

    public void Dispose()
    {
        if (!_finished)
        {
            file.Dispose();
            Remove();
        }
    }

    /// <summary>What there is of the file would only keep a full disk full. If it stays, the next opening removes it.</summary>
    private void Remove()
    {
        try
        {
            File.Delete(file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why the file was not finished is what must be told.
        }
    }
}
