using System.Text;
using NUnit.Framework;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>What is recorded is what is read, and a file that is no history is refused with the line at fault.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class HistoryFileTests
{
    private static readonly string[] Whole =
    [
        """{"index":0,"process":"harness","type":"info","op":"open-bank","time_ns":0,"key":"bank","value":{"a":10,"b":-3},"overdraft":true}""",
        """{"index":1,"process":0,"type":"invoke","op":"write","key":"k1","value":5,"time_ns":0,"node":2}""",
        """{"index":2,"process":1,"type":"invoke","op":"append","key":"k2","value":7,"time_ns":0,"session":9,"sequence":1,"attempt":1}""",
        """{"index":3,"process":"nemesis","type":"info","op":"start-partition","time_ns":0,"nodes":[1,2],"value":"halves"}""",
        """{"index":4,"process":0,"type":"ok","op":"write","key":"k1","value":5,"time_ns":0,"node":3}""",
        """{"index":5,"process":1,"type":"info","op":"append","key":"k2","value":7,"time_ns":0,"session":9,"sequence":1,"attempt":1,"error":"timeout"}""",
        """{"index":6,"process":2,"type":"invoke","op":"append","key":"k2","value":7,"time_ns":0,"session":9,"sequence":1,"attempt":2}""",
        """{"index":7,"process":2,"type":"ok","op":"append","key":"k2","value":7,"time_ns":0,"session":9,"sequence":1,"attempt":2,"reply":"index 4"}""",
        """{"index":8,"process":0,"type":"invoke","op":"cas","key":"k1","value":[null,6],"time_ns":0}""",
        """{"index":9,"process":0,"type":"fail","op":"cas","key":"k1","value":[null,6],"time_ns":0,"error":"mismatch"}""",
        """{"index":10,"process":0,"type":"invoke","op":"read","key":"k1","value":null,"time_ns":0,"consistency":"stale","bound_ns":500,"node":1}""",
        """{"index":11,"process":0,"type":"ok","op":"read","key":"k1","value":5,"time_ns":0,"consistency":"stale","bound_ns":500,"node":1,"node_run":2}""",
        """{"index":12,"process":"nemesis","type":"info","op":"kill","time_ns":0}""",
        """{"index":13,"process":"harness","type":"info","op":"final-reads","time_ns":0}""",
        """{"index":14,"process":0,"type":"invoke","op":"read","key":"k2","value":null,"time_ns":0}""",
        """{"index":15,"process":0,"type":"ok","op":"read","key":"k2","value":[7],"time_ns":0}""",
        """{"index":16,"process":0,"type":"invoke","op":"transfer","key":"bank","value":{"from":"a","to":"b","amount":4},"time_ns":0}""",
        """{"index":17,"process":0,"type":"ok","op":"transfer","key":"bank","value":{"from":"a","to":"b","amount":4},"time_ns":0}""",
        """{"index":18,"process":0,"type":"invoke","op":"read","key":"bank","value":null,"time_ns":0,"consistency":"lease"}""",
        """{"index":19,"process":0,"type":"ok","op":"read","key":"bank","value":{"a":6,"b":1},"time_ns":0,"consistency":"lease"}""",
    ];

    [Test]
    public void What_is_read_is_written_again_to_the_letter()
    {
        History history = HistoryReader.Read(new StringReader(string.Join('\n', Whole)));
        using var written = new MemoryStream();
        using (var writer = new HistoryWriter(written))
        {
            foreach (HistoryEvent next in history.Events)
            {
                writer.Write(next);
            }
        }

        Assert.That(Encoding.UTF8.GetString(written.ToArray()).TrimEnd('\n').Split('\n'), Is.EqualTo(Whole));
    }

    [Test]
    public void What_is_recorded_is_what_stands_in_the_file()
    {
        using var written = new MemoryStream();
        var clock = new ManualTimeProvider();
        using (var recorder = new HistoryRecorder(written, clock))
        {
            Record(recorder);
        }

        Assert.That(Encoding.UTF8.GetString(written.ToArray()).TrimEnd('\n').Split('\n'), Is.EqualTo(Whole));
    }

    [Test]
    public void An_operation_without_an_end_has_an_unknown_outcome()
    {
        History history = HistoryReader.Read(new StringReader(string.Join('\n', Whole[..3])));

        Assert.That(history.Operations.Select(operation => operation.Outcome), Is.All.EqualTo(Outcome.Unknown));
        Assert.That(history.Operations.Select(operation => operation.EffectiveBy), Is.All.EqualTo(long.MaxValue));
    }

    [TestCase("""{"index":0,"process":0,"type":"inv""", "line 1: it is not one whole JSON object; was the writer stopped in the middle of it?")]
    [TestCase("", "line 1: it is not one whole JSON object; was the writer stopped in the middle of it?")]
    [TestCase("[]", "line 1: it is not a JSON object")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"write","key":"k","value":5}""", "line 1: it has no 'time_ns'")]
    [TestCase("""{"index":0,"process":0,"type":"begin","op":"write","key":"k","value":5,"time_ns":0}""",
        "line 1: 'type' is 'begin', which is none of invoke, ok, fail, info")]
    [TestCase("""{"index":0,"process":"p1","type":"info","op":"write","key":"k","value":5,"time_ns":0}""",
        "line 1: process 'p1' is neither a number nor 'nemesis' nor 'harness'")]
    [TestCase("""{"index":0,"process":-1,"type":"invoke","op":"write","key":"k","value":5,"time_ns":0}""",
        "line 1: 'process' is not a whole number from 0 on")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"write","key":"k","value":"x","time_ns":0}""",
        "line 1: values are 64-bit whole numbers, not x")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"cas","key":"k","value":5,"time_ns":0}""", "line 1: a cas carries [expected, new]")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"read","key":"k","value":5,"time_ns":0}""", "line 1: only a read that is ok has a value")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"write","key":"k","value":5,"time_ns":0,"nods":[1]}""",
        "line 1: there is no place for 'nods' in such a line")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"read","key":"k","value":null,"time_ns":0,"bound_ns":5}""",
        "line 1: 'bound_ns' is for reads with consistency 'stale'")]
    [TestCase("""{"index":0,"process":0,"type":"invoke","op":"write","key":"k","value":5,"time_ns":0,"session":5}""",
        "line 1: a session's command has 'session', 'sequence' and 'attempt', which counts from 1")]
    [TestCase("""{"index":0,"index":0}""", "line 1: it has 'index' twice")]
    public void A_line_that_is_no_event_is_refused(string line, string message) => AssertRefused(line, message);

    [Test]
    public void Lines_are_numbered_without_a_gap() => AssertRefused(
        $"{Invoke(0, 0, "k", 5)}\n{Invoke(2, 1, "k", 6)}", "line 2: its index is 2 and must be 1: lines are missing, doubled or out of order");

    [Test]
    public void Time_never_goes_back() => AssertRefused(
        $"{Invoke(0, 0, "k", 5, time: 9)}\n{Invoke(1, 1, "k", 6, time: 8)}", "line 2: its time_ns 8 is before 9 of the line above");

    [Test]
    public void A_process_has_one_operation_open() => AssertRefused(
        $"{Invoke(0, 4, "k", 5)}\n{Invoke(1, 4, "k", 6)}", "line 2: process 4 begins an operation, and has one open since line 1");

    [Test]
    public void Only_what_began_can_end() => AssertRefused(End(0, 4, "ok", "k", 5), "line 1: process 4 ends an operation, and has none open");

    [Test]
    public void What_ends_is_what_began() => AssertRefused(
        $"{Invoke(0, 4, "k", 5)}\n{End(1, 4, "ok", "k", 6)}", "line 2: process 4 ends another operation than it began at line 1");

    [Test]
    public void A_process_with_an_unknown_outcome_is_retired() => AssertRefused(
        $"{Invoke(0, 4, "k", 5)}\n{End(1, 4, "info", "k", 5)}\n{Invoke(2, 4, "k", 6)}",
        "line 3: process 4 goes on after its outcome of line 2 was unknown; it needs a new number");

    [Test]
    public void A_bank_is_opened_before_its_first_operation()
    {
        const string Opening = """{"index":1,"process":"harness","type":"info","op":"open-bank","time_ns":0,"key":"k","value":{"a":1}}""";
        AssertRefused($"{Invoke(0, 4, "k", 5)}\n{Opening}", "line 2: bank 'k' is opened after it was used at line 1");
    }

    [Test]
    public void An_element_is_appended_once()
    {
        const string Append = """{"index":0,"process":4,"type":"invoke","op":"append","key":"k","value":6,"time_ns":0}""";
        string again = Append.Replace("\"index\":0,\"process\":4", "\"index\":1,\"process\":5", StringComparison.Ordinal);
        AssertRefused($"{Append}\n{again}", "line 2: 6 is appended to 'k' as at line 1; elements must be unique in their list");
    }

    [Test]
    public void A_key_is_of_one_kind() => AssertRefused(
        $$"""
        {{Invoke(0, 4, "k", 5)}}
        {"index":1,"process":5,"type":"invoke","op":"append","key":"k","value":6,"time_ns":0}
        """,
        "line 2: key 'k' is a list here, and a register at line 1");

    [Test]
    public void A_sessions_command_is_the_same_in_each_attempt()
    {
        const string Command = ",\"session\":3,\"sequence\":8,\"attempt\":";
        AssertRefused(
            $"{Invoke(0, 4, "k", 5, more: Command + "1")}\n{Invoke(1, 5, "k", 6, more: Command + "2")}",
            "line 2: command 8 of session 3 is another one than at line 1");
    }

    private static string Invoke(int index, int process, string key, long value, long time = 0, string more = "") =>
        $$"""{"index":{{index}},"process":{{process}},"type":"invoke","op":"write","key":"{{key}}","value":{{value}},"time_ns":{{time}}{{more}}}""";

    private static string End(int index, int process, string type, string key, long value) =>
        $$"""{"index":{{index}},"process":{{process}},"type":"{{type}}","op":"write","key":"{{key}}","value":{{value}},"time_ns":0}""";

    private static void AssertRefused(string file, string message)
    {
        // An empty line, not a file without lines.
        string text = file.Length == 0 ? "\n" : file;
        HistoryFormatException? refused = Assert.Throws<HistoryFormatException>(() => HistoryReader.Read(new StringReader(text)));

        Assert.That(refused!.Message, Is.EqualTo(message));
    }

    private static void Record(HistoryRecorder recorder)
    {
        recorder.OpenBank("bank", new Dictionary<string, long> { ["b"] = -3, ["a"] = 10 }, overdraft: true);
        RecordedClient one = recorder.NewClient();
        RecordedClient two = recorder.NewClient();
        ClientRequest command = ClientRequest.Append("k2", 7);
        one.Invoke(ClientRequest.Write("k1", 5) with { Node = 2 });
        two.Invoke(command with { Session = new SessionCommand(9, 1, 1) });
        recorder.Nemesis("start-partition", [1, 2], "halves");
        one.Ok(node: 3);
        two.Unknown("timeout");
        two.Invoke(command with { Session = new SessionCommand(9, 1, 2) });
        two.Ok(reply: "index 4");
        one.Invoke(ClientRequest.Cas("k1", null, 6));
        one.Fail("mismatch");
        one.Invoke(ClientRequest.StaleRead("k1", 500) with { Node = 1 });
        one.Ok(new NumberValue(5), nodeRun: 2);
        recorder.Nemesis("kill", []);
        recorder.BeginFinalReads();
        one.Invoke(ClientRequest.Read("k2"));
        one.Ok(new ListValue([7]));
        one.Invoke(ClientRequest.Transfer("bank", "a", "b", 4));
        one.Ok();
        one.Invoke(ClientRequest.Read("bank", RequestedConsistency.Lease));
        one.Ok(new BalancesValue(new Dictionary<string, long> { ["a"] = 6, ["b"] = 1 }));
    }
}
