using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Storage;

/// <summary>A process that is killed loses nothing that it had been told is durable.</summary>
[TestFixture]
[Platform("Linux")]
public sealed class FasterKillTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task Nothing_reported_durable_is_lost_when_the_process_is_killed(CancellationToken cancellation)
    {
        using var directory = new TempDirectory();
        string data = Path.Combine(directory.Path, "data");
        for (int round = 1; round <= 4; round++)
        {
            ulong durable = await WriteAndKill(data, writes: 100 * round, cancellation);
            string copy = Path.Combine(directory.Path, $"copy{round}");
            CopyFiles(data, copy);
            await Check(copy, durable, (ulong)round);
        }
    }

    private static async Task<ulong> WriteAndKill(string data, int writes, CancellationToken cancellation)
    {
        ulong durable = 0;
        using Process writer = StorageWriterProcess.Start(data);
        try
        {
            for (int i = 0; i < writes; i++)
            {
                string? line = await writer.StandardOutput.ReadLineAsync(cancellation);
                Assert.That(line, Is.Not.Null, "the writer ended by itself");
                durable = ulong.Parse(line!, CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            writer.Kill();
        }

        string rest = await writer.StandardOutput.ReadToEndAsync(cancellation);
        await writer.WaitForExitAsync(cancellation);
        Assert.That(writer.ExitCode, Is.EqualTo(128 + 9));

        // The last line may have been cut by the kill.
        string[] lines = rest.Split('\n')[..^1];
        return lines.Length > 0 ? ulong.Parse(lines[^1], CultureInfo.InvariantCulture) : durable;
    }

    private static async Task Check(string data, ulong durable, ulong term)
    {
        await using var session = new StorageSession(FasterRaftStorage.Open(StorageWriterProcess.OptionsFor(data)));
        RecoveredState state = session.Storage.Recovered;
        Assert.That(state.LastIndex, Is.GreaterThanOrEqualTo(durable));
        Assert.That((state.HardState.Term, state.HardState.Commit), Is.EqualTo((term, state.LastIndex)));
        foreach (Entry entry in session.ReadAll(1, state.LastIndex))
        {
            Assert.That(SampleData.Describe([entry]), Is.EqualTo(SampleData.Describe([StorageWriterProcess.EntryAt(entry.Term, entry.Index)])));
        }
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
