using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Raft.Jepsen.Running.Faults;

/// <summary>
/// What the fault shim in one node's process shall do, in a file that both have mapped: a change is in force at once, and stays so when the node is started
/// again. One thread at a time may change a setting; different settings may be changed by different threads.
/// </summary>
internal sealed unsafe class FaultSettings : IDisposable
{
    /// <summary>After which a new rate comes into force: by then the process knows of it, also where this one has to wait for a processor.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromMilliseconds(200);

    private const int Bytes = 4096;
    private const double Millionths = 1_000_000;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Layout* _settings;

    /// <summary>Makes the file, with no fault in it.</summary>
    /// <param name="shim">The library that reads it.</param>
    /// <param name="path">Where the file shall be.</param>
    /// <param name="folder">The folder whose files are harmed.</param>
    public FaultSettings(FaultShim shim, string path, string folder)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, mapName: null, Bytes);
        _view = _file.CreateViewAccessor(0, Bytes);
        byte* at = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref at);
        _settings = (Layout*)at;
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = shim.Library, ["FAULT_SETTINGS"] = path, ["FAULT_FOLDER"] = folder,
        };
    }

    /// <summary>What a process needs in its environment to be harmed.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The process that has answered last: in it the shim is at work. 0 for none.</summary>
    public int AnsweredBy => Volatile.Read(ref _settings->Answered);

    /// <summary>Lets so many syncs to come fail (EIO).</summary>
    public void FailSyncs(int count) => Volatile.Write(ref _settings->SyncErrors, count);

    /// <summary>Lets no more syncs fail.</summary>
    /// <returns>How many of those that should fail have not.</returns>
    public int HealSyncs() => Interlocked.Exchange(ref _settings->SyncErrors, 0);

    /// <summary>How many syncs are still to fail.</summary>
    public int SyncsToFail => Volatile.Read(ref _settings->SyncErrors);

    /// <summary>Lets so many writes to come find no room (ENOSPC).</summary>
    public void RefuseWrites(int count) => Volatile.Write(ref _settings->FullWrites, count);

    /// <summary>Makes room again.</summary>
    /// <returns>How many of the writes that should find no room have not come.</returns>
    public int MakeRoom() => Interlocked.Exchange(ref _settings->FullWrites, 0);

    /// <summary>Lets each sync take longer by this; zero for no delay.</summary>
    public void DelaySyncs(TimeSpan delay) => Volatile.Write(ref _settings->SyncDelay, (int)delay.TotalMicroseconds);

    /// <summary>Lets each write take longer by this; zero for no delay.</summary>
    public void DelayWrites(TimeSpan delay) => Volatile.Write(ref _settings->WriteDelay, (int)delay.TotalMicroseconds);

    /// <summary>Puts the wall clock ahead of the real one, or behind it when negative.</summary>
    public void ShiftWallClock(TimeSpan offset) => Volatile.Write(ref _settings->WallOffset, (long)offset.TotalNanoseconds);

    /// <summary>Lets the monotonic clocks run faster or slower, once <see cref="Notice"/> is over. They never jump.</summary>
    /// <param name="rate">Seconds that they show in a real second.</param>
    public void RunClocksAt(double rate)
    {
        uint number = _settings->LawNumber;
        long since = (Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency)) + (long)Notice.TotalNanoseconds;
        ref Law next = ref ((number & 1) == 0 ? ref _settings->Odd : ref _settings->Even);
        long shown = number == 0 ? since : ((number & 1) == 0 ? _settings->Even : _settings->Odd).ShownAt(since);
        next = new Law(since, shown, (long)(rate * Millionths));
        Volatile.Write(ref _settings->LawNumber, number + 1);
    }

    /// <summary>Takes all faults away; where the monotonic clocks have got to, they stay.</summary>
    public void Heal()
    {
        HealSyncs();
        MakeRoom();
        DelaySyncs(TimeSpan.Zero);
        DelayWrites(TimeSpan.Zero);
        ShiftWallClock(TimeSpan.Zero);
        if (_settings->LawNumber > 0)
        {
            RunClocksAt(1);
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary><c>struct settings</c> of the shim.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public int Answered;
        public int SyncErrors;
        public int FullWrites;
        public int SyncDelay;
        public int WriteDelay;
        public uint LawNumber;
        public long WallOffset;
        public Law Even;
        public Law Odd;
    }

    /// <summary><c>struct law</c> of the shim: from <paramref name="Since"/> on, a clock that shows <paramref name="Shown"/> then goes on at a rate.</summary>
    private readonly record struct Law(long Since, long Shown, long Rate)
    {
        public long ShownAt(long now) => Shown + (long)((Int128)(now - Since) * Rate / (long)Millionths);
    }
}
