namespace Raft.Jepsen.Histories;

/// <summary>
/// Records what happens, as it happens: numbers and times are given in the order in which callers arrive, and each line is handed on before its
/// call returns. For any number of threads.
/// </summary>
internal sealed class HistoryRecorder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Action<HistoryEvent> _write;
    private readonly HistoryWriter? _writer;
    private readonly TimeProvider _clock;
    private readonly long _begin;
    private long _nextIndex;
    private long _nextProcess;

    /// <summary>Begins a history.</summary>
    /// <param name="output">Gets the lines, and stays open.</param>
    /// <param name="clock">Its time stamps are taken; no fault may touch it.</param>
    public HistoryRecorder(Stream output, TimeProvider clock)
    {
        _writer = new HistoryWriter(output);
        (_write, _clock, _begin) = (_writer.Write, clock, clock.GetTimestamp());
    }

    /// <summary>Begins a history in memory.</summary>
    /// <param name="output">Gets the lines.</param>
    /// <param name="clock">Its time stamps are taken; no fault may touch it.</param>
    public HistoryRecorder(List<HistoryEvent> output, TimeProvider clock)
        => (_write, _clock, _begin) = (output.Add, clock, clock.GetTimestamp());

    /// <summary>Nanoseconds since the beginning, by the clock of the history.</summary>
    public long ElapsedNs => (long)_clock.GetElapsedTime(_begin).TotalNanoseconds;

    /// <summary>A client that asks one thing after the other.</summary>
    public RecordedClient NewClient() => new(this);

    /// <summary>Says what is done to the cluster: <c>start-X</c> and <c>stop-X</c> for what lasts, a plain name for what does not.</summary>
    public void Nemesis(string fault, IReadOnlyList<ulong> nodes, string? detail = null) =>
        Record((index, time) => new NemesisEvent(index, time, fault, nodes, detail));

    /// <summary>Says what the accounts of a bank hold, before the first request to it.</summary>
    public void OpenBank(string bank, IReadOnlyDictionary<string, long> balances, bool overdraft) =>
        Record((index, time) => new BankOpenedEvent(index, time, bank, new BalancesValue(balances), overdraft));

    /// <summary>Says that all faults are healed, no change is under way, and reads from now on are the final ones.</summary>
    public void BeginFinalReads() => Record((index, time) => new FinalReadsEvent(index, time));

    public void Dispose() => _writer?.Dispose();

    /// <summary>A process number that nobody had yet.</summary>
    internal long NextProcess() => Interlocked.Increment(ref _nextProcess) - 1;

    internal void Record(Func<long, long, HistoryEvent> make)
    {
        lock (_lock)
        {
            _write(make(_nextIndex, ElapsedNs));
            _nextIndex++;
        }
    }
}
