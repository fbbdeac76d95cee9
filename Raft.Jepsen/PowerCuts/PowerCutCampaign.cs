using System.Globalization;

namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// Cuts the power of a file system again and again while a process writes to a storage on it, and checks what is left each time. Every other cut stops the
/// process first, so that all it had said came before the cut; the others come while it runs, in the middle of whatever it does. Before one cut in three a
/// process is killed with the power on: the one that meets the cut then begins with writes that can be read and are not on the disk.
/// </summary>
internal sealed class PowerCutCampaign(FileSystemKind kind, SyncLie lie, int seed)
{
    private const int CutsOfAStorage = 10;
    private const int LongestOpeningMilliseconds = 60;
    private const int MostReports = 300;

    private readonly Random _random = new(seed);
    private ulong _opening;

    /// <summary>The states from the last one that is durable for certain, to the one that the next opening finds.</summary>
    private IReadOnlyList<ScriptState> _trail = [ScriptState.Empty];

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
                if (_random.Next(3) == 0)
                {
                    Kill(check, data);
                }

                Cut(files, check, data, stopFirst: cut % 2 == 0);
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

        _trail = [ScriptState.Empty];
    }

    private void Kill(CutCheck check, string data)
    {
        using var writer = new WriterProcess(data, ++_opening, lie);
        WaitForTheMoment(writer);
        writer.Kill();
        Tally.Kills++;
        _trail = check.Check(data, _trail, _opening, Promised(writer), writer.Durable);
    }

    private void Cut(LoopFileSystem files, CutCheck check, string data, bool stopFirst)
    {
        bool isNew = !Directory.Exists(data);
        using var writer = new WriterProcess(data, ++_opening, lie);
        WaitForTheMoment(writer);
        ulong durable = CutPower(files, writer, stopFirst);
        Tally.Cuts++;
        Tally.InOpening += writer.Reports == 0 ? 1 : 0;
        Tally.OfNewStorage += isNew ? 1 : 0;
        files.Restore();
        _trail = [check.Check(data, _trail, _opening, durable, writer.Durable)[^1]];
    }

    /// <summary>Number of the last write that is durable by what was said so far: what an opening has found is so, too.</summary>
    private ulong Promised(WriterProcess writer)
    {
        if (writer.Found is { } found && found != _trail[^1].Number)
        {
            throw new PowerCutException($"the writer found write {found}, and a copy of the same folder had shown write {_trail[^1].Number}");
        }

        return Math.Max(writer.Found ?? _trail[0].Number, writer.Durable);
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

    /// <summary>Cuts the power; the last write that had been promised to be durable by then.</summary>
    private ulong CutPower(LoopFileSystem files, WriterProcess writer, bool stopFirst)
    {
        if (stopFirst)
        {
            writer.Stop();
            files.Cut();
            writer.Kill();
            return Promised(writer);
        }

        Tally.WhileRunning++;
        ulong durable = Promised(writer);
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
