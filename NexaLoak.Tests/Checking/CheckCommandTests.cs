using System.Text.Json;
using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Jepsen.Commands;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary><c>raft-jepsen check</c>: its words and its exit codes.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CheckCommandTests
{
    [Test]
    public void A_right_history_ends_with_zero()
    {
        (int code, string[] output, string[] errors) = Check(["1-2 w 1", "3-4 r 1", "5-6! w 2", "7-? w 3"]);

        Assert.That((code, output[^1]), Is.EqualTo((0, "valid: 4 operations on 1 keys, 2 ok, 1 failed, 1 unknown")));
        Assert.That(output, Has.Length.EqualTo(7).And.Some.EqualTo("linearizable registers: valid"));
        Assert.That(errors, Is.Empty);
    }

    [Test]
    public void A_wrong_history_ends_with_one_and_shows_the_operations()
    {
        (int code, string[] output, _) = Check(["1-2 w 1 p=1", "3-4 w 2 p=1", "5-6 r 1 p=2"]);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output[..5], Is.EqualTo(new[]
        {
            "linearizable registers: invalid",
            "  stale-read of 'k': no order of 3 operations lets the read of process 2 see what it saw",
            "    lines 1-2        process 1    write k 1 -> ok",
            "    lines 3-4        process 1    write k 2 -> ok",
            "    lines 5-6        process 2    read k -> 1",
        }));
        Assert.That(output[^1], Does.StartWith("invalid: 3 operations"));
    }

    [Test]
    public void What_cannot_be_told_ends_with_two()
    {
        (int code, string[] output, _) = Check(["1-2 w 1", "3-4 r 1", "5-6 w 2", "7-8 r 2"], "--steps", "1");

        Assert.That((code, output[1]), Is.EqualTo((2, "  not decided: key 'k': 4 operations are not decided after 1 steps")));
        Assert.That(output[^1], Does.StartWith("unknown: 4 operations"));
    }

    [Test]
    public void Json_has_the_findings_and_a_last_line_that_sums_up()
    {
        (int code, string[] output, _) = Check(["1-2 a 1", "3-4 a 2", "5-6 r [2]"], "--json");
        JsonElement finding = JsonDocument.Parse(output.Single(line => line.Contains("\"finding\"", StringComparison.Ordinal))).RootElement;
        JsonElement sum = JsonDocument.Parse(output[^1]).RootElement;

        Assert.That(code, Is.EqualTo(1));
        Assert.That(
            (finding.GetProperty("checker").GetString(), finding.GetProperty("anomaly").GetString(), finding.GetProperty("key").GetString()),
            Is.EqualTo(("linearizable lists", "lost-append", "k")));
        Assert.That(
            finding.GetProperty("operations").EnumerateArray().Select(operation => operation.GetProperty("invoke_index").GetInt64()),
            Is.EqualTo(new[] { 0L, 4L }));
        Assert.That((sum.GetProperty("verdict").GetString(), sum.GetProperty("findings").GetInt32()), Is.EqualTo(("invalid", 1)));
    }

    [Test]
    public void A_file_that_is_no_history_is_one_line_and_two()
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, "broken.jsonl");
        File.WriteAllText(file, "{}\n");

        (int code, string[] output, string[] errors) = Run("check", file);
        Assert.That((code, output.Length), Is.EqualTo((2, 0)));
        Assert.That(errors, Is.EqualTo(new[] { $"raft-jepsen: {file}, line 1: it has no 'index'" }));
    }

    [Test]
    public void A_file_that_is_not_there_is_one_line_and_two()
    {
        using var folder = new TempDirectory();
        foreach (string file in new[] { Path.Combine(folder.Path, "missing"), folder.Path, "" })
        {
            (int code, _, string[] errors) = Run("check", file);
            Assert.That((code, errors.Length), Is.EqualTo((2, 1)), file);
            Assert.That(errors[0], Does.StartWith("raft-jepsen: The history cannot be read: "));
        }
    }

    private static (int Code, string[] Output, string[] Errors) Check(string[] history, params string[] options)
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, "history.jsonl");
        using (FileStream stream = File.Create(file))
        using (var writer = new HistoryWriter(stream))
        {
            foreach (HistoryEvent next in HistoryText.Parse(history).Events)
            {
                writer.Write(next);
            }
        }

        return Run(["check", file, .. options]);
    }

    private static (int Code, string[] Output, string[] Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = CheckCommand.Create().Parse(arguments[1..]).Invoke(new() { Output = output, Error = errors });
        return (code, Lines(output), Lines(errors));
    }

    private static string[] Lines(StringWriter text) => text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
