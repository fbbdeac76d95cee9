using System.Globalization;

namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// Cuts the power of a file system again and again while a process writes to a storage on it, and checks what is left each time. Every other cut stops the
/// process first, so that all it had said came before the cut; the others come while it runs, in the middle of whatever it does.
/// </summary>
internal sealed class PowerCutCampaign(FileSystemKind kind, SyncLie lie, int seed)
{
    private const int CutsOfAStorage = 10;
    private const int LongestOpeningMilliseconds = 60;
    private const int MostReports = 300;

    private readonly Random _random = new(seed);
    private ScriptState _state = ScriptState.Empty;

    /// <summary>What was met so far.</summary>
    public PowerCutTally Tally { get; } = new();

    /// <summary>Cuts the power some times.</summary>
    /// <param name="cuts">How often.</param>
    /// <param name="folder">An empty folder, on which a file system of memory is mounted.</param>
    /// <exception cref="PowerCutException">What was left is not what had been written.</exception>
    /// <exception cref="UnavailableException">This machine can't do it.</exception>
    public void Run(int cuts, string folder)
    {
        LoopFileSystem.MountMemory(folder);
        using var files = new LoopFileSystem(kind, folder);
        var check = new CutCheck(folder, Tally);
        for (int cut = 0; cut < cuts; cut++)
        {
            string data = Path.Combine(files.Path, (cut / CutsOfAStorage).ToString(CultureInfo.InvariantCulture), "data");
            if (cut % CutsOfAStorage == 0)
            {
                Begin(files.Path);
            }

            try
            {
                _state = Cut(files, check, data, (ulong)cut + 1, stopFirst: cut % 2 == 0);
            }
            catch (Exception e) when (e is PowerCutException or UnavailableException)
            {
                // What could be mounted once and can't any more is a finding.
                throw new PowerCutException($"cut {cut + 1}: {e.Message}");
            }
        }
    }

    /// <summary>Goes on with a storage that is yet to be created.</summary>
    private void Begin(string folder)
    {
        foreach (string old in Directory.EnumerateDirectories(folder).Where(old => Path.GetFileName(old) != "lost+found"))
        {
            Directory.Delete(old, recursive: true);
        }

        _state = ScriptState.Empty;
    }

    private ScriptState Cut(LoopFileSystem files, CutCheck check, string data, ulong opening, bool stopFirst)
    {
        bool isNew = !Directory.Exists(data);
        using var writer = new WriterProcess(data, opening, lie);
        WaitForTheMoment(writer);
        ulong durable = CutPower(files, writer, stopFirst);
        if (writer.Found is { } found && found != _state.Number)
        {
            throw new PowerCutException($"the writer found write {found}, and a copy of the same folder had shown write {_state.Number}");
        }

        Tally.Cuts++;
        Tally.InOpening += writer.Reports == 0 ? 1 : 0;
        Tally.OfNewStorage += isNew ? 1 : 0;
        files.Restore();
        return check.Check(data, _state, opening, Math.Max(_state.Number, durable), writer.Durable);
    }

    /// <summary>One cut in four falls into the opening, or soon after it.</summary>
    private void WaitForTheMoment(WriterProcess writer)
    {
        if (_random.Next(4) == 0)
        {
            writer.WaitFor(() => writer.IsOpening);
            Thread.Sleep(_random.Next(LongestOpeningMilliseconds));
        }
        else
        {
            int reports = _random.Next(1, MostReports);
            writer.WaitFor(() => writer.Reports >= reports);
        }
    }

    /// <summary>Cuts the power; the last write that had been reported durable by then.</summary>
    private ulong CutPower(LoopFileSystem files, WriterProcess writer, bool stopFirst)
    {
        if (stopFirst)
        {
            writer.Stop();
            files.Cut();
            writer.Kill();
            return writer.Durable;
        }

        Tally.WhileRunning++;
        ulong durable = writer.Durable;
        files.Cut();
        if (!writer.WaitForEnd())
        {
            throw new PowerCutException("the writer goes on although every access to its disk fails");
        }

        if (writer.Failure is null || !writer.Failure.Contains(files.Path, StringComparison.Ordinal))
        {
            throw new PowerCutException($"the writer does not say which file failed, but: {writer.Failure}");
        }

        Tally.FailuresTold++;
        return durable;
    }
}
