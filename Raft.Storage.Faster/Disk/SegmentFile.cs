namespace Raft.Storage.Faster.Disk;

/// <summary>
/// A file of the log: open, or being filled with zeros, in the background and a part at a time, as far as it is allowed to. All at once they would keep the
/// disk busy for as long as the log's own writes then have to wait. Thread-safe.
/// </summary>
internal sealed class SegmentFile
{
    /// <summary>What is filled at a time. Smaller parts keep the processor busy, larger ones the disk.</summary>
    public const int PartBytes = 512 << 10;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<IDiskFile> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<INewFile>? _begin;
    private readonly long _length;
    private INewFile? _new;
    private long _allowed;
    private long _zeros;
    private bool _busy;
    private bool _abandoned;

    /// <summary>A file that exists.</summary>
    public SegmentFile(IDiskFile file)
    {
        _opened.SetResult(file);
        _busy = true; // it is past all work
    }

    /// <summary>A new file.</summary>
    public SegmentFile(Func<INewFile> begin, long length) => (_begin, _length) = (begin, length);

    /// <summary>The file, when it is whole and durable; cancelled when it was abandoned before that.</summary>
    public Task<IDiskFile> Opened => _opened.Task;

    /// <summary>Allows to fill the file up to <paramref name="offset"/>, and to the end of the part where that is.</summary>
    public void ZeroTo(long offset)
    {
        lock (_gate)
        {
            _allowed = Math.Max(_allowed, Math.Min(offset, _length));
            if (!_busy && _zeros < _allowed)
            {
                _busy = true;
                Task.Run(Work);
            }
        }
    }

    /// <summary>Opens the file now: whatever is left of it is filled at once.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    public IDiskFile Open()
    {
        ZeroTo(_length);
        return Opened.GetAwaiter().GetResult();
    }

    /// <summary>Gives up a file that is not open yet. Once <see cref="Opened"/> is completed nothing more is done.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            if (!_busy)
            {
                _busy = true;
                Task.Run(Work);
            }
        }
    }

    /// <summary>There is one at a time. After the one that opens the file, or gives it up, there is no other.</summary>
    private void Work()
    {
        try
        {
            Step step;
            while ((step = Next()) == Step.Zero)
            {
                _new ??= _begin!();
                _new.ZeroTo(_zeros);
            }

            if (step == Step.Open)
            {
                _opened.SetResult(_new!.Finish());
            }
            else if (step == Step.GiveUp)
            {
                _new?.Dispose();
                _opened.SetCanceled();
            }
        }
        catch (Exception e)
        {
            _new?.Dispose();
            _opened.SetException(e);
        }
    }

    private Step Next()
    {
        lock (_gate)
        {
            if (_abandoned)
            {
                return Step.GiveUp;
            }

            if (_zeros == _length)
            {
                return Step.Open;
            }

            _busy = _zeros < _allowed;
            _zeros = _busy ? Math.Min(_zeros + PartBytes, _length) : _zeros;
            return _busy ? Step.Zero : Step.Rest;
        }
    }

    private enum Step
    {
        Zero,
        Open,
        GiveUp,
        Rest,
    }
}
