using NUnit.Framework;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>Outside checkers get what they expect, in their own form.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class EdnWriterTests
{
    [Test]
    public void Registers_have_their_key_beside_the_value() => Assert.That(
        Edn(KeyKind.Register, recorder =>
        {
            RecordedClient client = recorder.NewClient();
            client.Invoke(ClientRequest.Write("k1", 5));
            client.Ok();
            client.Invoke(ClientRequest.Cas("k1", null, 7));
            client.Fail("was \"5\"");
            recorder.Nemesis("start-partition", [1, 2]);
            client.Invoke(ClientRequest.Read("k1"));
            client.Ok(new NumberValue(5));
            client.Invoke(ClientRequest.StaleRead("k1", null));
            client.Ok();
            client.Invoke(ClientRequest.Append("other", 1));
        }),
        Is.EqualTo("""
            {:index 0, :time 0, :process 0, :type :invoke, :f :write, :value ["k1" 5]}
            {:index 1, :time 0, :process 0, :type :ok, :f :write, :value ["k1" 5]}
            {:index 2, :time 0, :process 0, :type :invoke, :f :cas, :value ["k1" [nil 7]]}
            {:index 3, :time 0, :process 0, :type :fail, :f :cas, :value ["k1" [nil 7]], :error "was \"5\""}
            {:index 4, :time 0, :process :nemesis, :type :info, :f :start-partition, :value [1 2]}
            {:index 5, :time 0, :process 0, :type :invoke, :f :read, :value ["k1" nil]}
            {:index 6, :time 0, :process 0, :type :ok, :f :read, :value ["k1" 5]}

            """));

    [Test]
    public void Lists_are_transactions_and_attempts_of_one_command_are_one() => Assert.That(
        Edn(KeyKind.List, recorder =>
        {
            RecordedClient client = recorder.NewClient();
            RecordedClient reader = recorder.NewClient();
            client.Invoke(ClientRequest.Append("k", 7) with { Session = new SessionCommand(3, 1, 1) });
            client.Unknown("timeout");
            reader.Invoke(ClientRequest.Read("k"));
            client.Invoke(ClientRequest.Append("k", 7) with { Session = new SessionCommand(3, 1, 2) });
            reader.Ok(new ListValue([7]));
            client.Ok();
            client.Invoke(ClientRequest.Append("k", 8));
            client.Unknown("timeout");
        }),
        Is.EqualTo("""
            {:index 0, :time 0, :process 0, :type :invoke, :f :txn, :value [[:append "k" 7]]}
            {:index 1, :time 0, :process 1, :type :invoke, :f :txn, :value [[:r "k" nil]]}
            {:index 2, :time 0, :process 1, :type :ok, :f :txn, :value [[:r "k" [7]]]}
            {:index 3, :time 0, :process 0, :type :ok, :f :txn, :value [[:append "k" 7]]}
            {:index 4, :time 0, :process 2, :type :invoke, :f :txn, :value [[:append "k" 8]]}
            {:index 5, :time 0, :process 2, :type :info, :f :txn, :value [[:append "k" 8]], :error "timeout"}

            """));

    [Test]
    public void A_bank_has_its_balances_by_account() => Assert.That(
        Edn(KeyKind.Bank, recorder =>
        {
            RecordedClient client = recorder.NewClient();
            client.Invoke(ClientRequest.Transfer("bank", "a", "b", 4));
            client.Ok();
            client.Invoke(ClientRequest.Read("bank"));
            client.Ok(new BalancesValue(new Dictionary<string, long> { ["b"] = 14, ["a"] = 6 }));
        }),
        Is.EqualTo("""
            {:index 0, :time 0, :process 0, :type :invoke, :f :transfer, :value {:from "a", :to "b", :amount 4}}
            {:index 1, :time 0, :process 0, :type :ok, :f :transfer, :value {:from "a", :to "b", :amount 4}}
            {:index 2, :time 0, :process 0, :type :invoke, :f :read, :value nil}
            {:index 3, :time 0, :process 0, :type :ok, :f :read, :value {"a" 6, "b" 14}}

            """));

    private static string Edn(KeyKind kind, Action<HistoryRecorder> record)
    {
        using var file = new MemoryStream();
        using (var recorder = new HistoryRecorder(file, new ManualTimeProvider()))
        {
            record(recorder);
        }

        file.Position = 0;
        using var reader = new StreamReader(file);
        using var written = new StringWriter();
        new EdnWriter(HistoryReader.Read(reader), kind).Write(written);
        return written.ToString();
    }
}
