using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Raft.Core.Sessions;

namespace NexaLoak.Tests.Jepsen;

/// <summary>What a node of the store answers to clients.</summary>
internal sealed class ServeTests
{
    private const string Operations = "/v1/operations";

    private ServedNode _node = null!;

    [OneTimeSetUp]
    public Task StartAsync()
    {
        _node = new ServedNode();
        return _node.ReadyAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Assert.That(await _node.TerminateAsync(), Is.Zero);
        _node.Dispose();
    }

    [Test]
    public async Task A_register_is_absent_then_set_then_compared()
    {
        Assert.That(await ReadAsync("register"), Is.EqualTo("null"));
        Assert.That(await OutcomeAsync("""{"op":"cas","key":"register","value":[null,1]}"""), Is.EqualTo((200, "ok")));
        Assert.That(await OutcomeAsync("""{"op":"cas","key":"register","value":[7,2]}"""), Is.EqualTo((409, "fail")));
        Assert.That(await OutcomeAsync("""{"op":"write","key":"register","value":3}"""), Is.EqualTo((200, "ok")));
        Assert.That(await ReadAsync("register"), Is.EqualTo("3"));
    }

    [Test]
    public async Task A_list_keeps_its_order_and_every_consistency_is_served()
    {
        Assert.That(await OutcomeAsync("""{"op":"append","key":"list","value":5}"""), Is.EqualTo((200, "ok")));
        Assert.That(await OutcomeAsync("""{"op":"append","key":"list","value":4}"""), Is.EqualTo((200, "ok")));
        foreach (string consistency in (string[])["linearizable", "leader", "bounded", "stale"])
        {
            Assert.That(await ReadAsync("list", consistency), Is.EqualTo("[5,4]"), consistency);
        }
    }

    [Test]
    public async Task A_bank_moves_what_an_account_has_and_no_more()
    {
        Assert.That(await OutcomeAsync("""{"op":"transfer","key":"bank","value":{"from":"a","to":"b","amount":1}}"""), Is.EqualTo((409, "fail")));
        Assert.That(await OutcomeAsync("""{"op":"open","key":"bank","value":{"a":10,"b":0}}"""), Is.EqualTo((200, "ok")));
        Assert.That(await OutcomeAsync("""{"op":"transfer","key":"bank","value":{"from":"a","to":"b","amount":8}}"""), Is.EqualTo((200, "ok")));
        Assert.That(await OutcomeAsync("""{"op":"transfer","key":"bank","value":{"from":"a","to":"b","amount":8}}"""), Is.EqualTo((409, "fail")));
        Assert.That(await OutcomeAsync("""{"op":"transfer","key":"bank","value":{"from":"a","to":"x","amount":1}}"""), Is.EqualTo((409, "fail")));
        Assert.That(await OutcomeAsync("""{"op":"open","key":"bank","value":{"a":10,"b":0}}"""), Is.EqualTo((200, "ok")), "which changes nothing");
        Assert.That(await ReadAsync("bank"), Is.EqualTo("""{"a":2,"b":8}"""));
    }

    [Test]
    public async Task A_key_stays_of_its_kind()
    {
        await OutcomeAsync("""{"op":"write","key":"kind","value":1}""");
        (int code, JsonElement answer) = await _node.PostAsync(Operations, """{"op":"append","key":"kind","value":1}""");
        Assert.That((code, answer.GetProperty("error").GetString()), Is.EqualTo((409, "'kind' is a register")));
    }

    [Test]
    public async Task A_command_of_a_session_that_is_sent_again_is_carried_out_once_and_gets_the_first_reply()
    {
        using var session = new SessionClient((await _node.PostAsync("/v1/commands", SessionClient.EncodeOpen())).Answer);
        SessionRequest request = await session.BeginAsync(Encoding.UTF8.GetBytes("""{"op":"append","key":"once","value":1}"""));
        byte[] attempt = session.Encode(request);
        (int code, byte[] first) = await _node.PostAsync("/v1/commands", attempt);
        Assert.That(code, Is.EqualTo(200));
        Assert.That((await _node.PostAsync("/v1/commands", attempt)).Answer, Is.EqualTo(first));
        Assert.That(session.TryComplete(request, first, out ReadOnlyMemory<byte> reply), Is.True);
        Assert.That(JsonDocument.Parse(reply).RootElement.GetProperty("outcome").GetString(), Is.EqualTo("ok"));
        Assert.That(await ReadAsync("once"), Is.EqualTo("[1]"));
    }

    [TestCase("append", "is not JSON")]
    [TestCase("[]", "is no object")]
    [TestCase("""{"key":"k"}""", "'op' is missing")]
    [TestCase("""{"op":"drop","key":"k"}""", "'drop' is no operation")]
    [TestCase("""{"op":"","key":"k"}""", "'' is no operation")]
    [TestCase("""{"op":"1","key":"k"}""", "'1' is no operation")]
    [TestCase("""{"op":"read"}""", "'key' is missing")]
    [TestCase("""{"op":"read","key":""}""", "The key has 0 characters")]
    [TestCase("""{"op":"read","key":"k","consistency":"fair"}""", "'fair' is no consistency")]
    [TestCase("""{"op":"write","key":"k"}""", "'value' is no whole number")]
    [TestCase("""{"op":"write","key":"k","value":1.5}""", "'value' is no whole number")]
    [TestCase("""{"op":"append","key":"k","value":99999999999999999999}""", "'value' is no whole number")]
    [TestCase("""{"op":"cas","key":"k","value":[1]}""", "A cas needs a value like [4,7]")]
    [TestCase("""{"op":"transfer","key":"k","value":{"from":"a"}}""", "'value.amount' is no whole number")]
    [TestCase("""{"op":"transfer","key":"k","value":{"from":"a","to":"b","amount":0}}""", "0 is not greater than zero")]
    [TestCase("""{"op":"open","key":"k","value":{}}""", "A bank is opened with a value like")]
    [TestCase("""{"op":"open","key":"k","value":{"a":-1}}""", "below zero")]
    public async Task A_malformed_request_is_refused_with_a_reason(string body, string reason)
    {
        (int code, JsonElement answer) = await _node.PostAsync(Operations, body);
        Assert.That(code, Is.EqualTo(400));
        Assert.That(answer.GetProperty("outcome").GetString(), Is.EqualTo("fail"));
        Assert.That(answer.GetProperty("error").GetString(), Does.Contain(reason));
    }

    [TestCase("/v1/commands", "{}", "no command of a client session")]
    [TestCase("/v1/members", """{"add":4}""", "'add' is no array")]
    [TestCase("/v1/members", """{"remove":[0]}""", "0 is no node id")]
    [TestCase("/v1/members", "soon", "not JSON")]
    [TestCase("/v1/leader", """{"to":"me"}""", "no node id")]
    public async Task A_malformed_wish_is_refused_with_a_reason(string path, string body, string reason)
    {
        (int code, JsonElement answer) = await _node.PostAsync(path, body);
        Assert.That(code, Is.EqualTo(400));
        Assert.That(answer.GetProperty("error").GetString(), Does.Contain(reason));
    }

    [Test]
    public async Task A_request_that_is_too_long_is_refused()
    {
        (int code, JsonElement answer) = await _node.PostAsync(Operations, new string(' ', 70_000));
        Assert.That((code, answer.GetProperty("error").GetString()), Is.EqualTo((400, "The request is longer than 65536 bytes.")));
    }

    [Test]
    public async Task The_report_tells_who_leads_and_what_was_applied()
    {
        (_, JsonElement before) = await _node.GetAsync("/v1/status");
        await OutcomeAsync("""{"op":"append","key":"report","value":1}""");
        (_, JsonElement after) = await _node.GetAsync("/v1/status");
        Assert.That(after.GetProperty("role").GetString(), Is.EqualTo("leader"));
        Assert.That(after.GetProperty("leader").GetUInt64(), Is.EqualTo(after.GetProperty("node").GetUInt64()));
        Assert.That(after.GetProperty("applied").GetUInt64(), Is.GreaterThan(before.GetProperty("applied").GetUInt64()));
        Assert.That(after.GetProperty("hash").GetString(), Has.Length.EqualTo(16).And.Not.EqualTo(before.GetProperty("hash").GetString()));
    }

    [Test]
    public async Task A_node_without_a_leader_says_that_nothing_was_carried_out()
    {
        using var joining = new ServedNode("--join");
        await joining.ReadyAsync(leads: false);
        foreach (string body in (string[])["""{"op":"write","key":"k","value":1}""", """{"op":"read","key":"k"}"""])
        {
            (int code, JsonElement answer) = await joining.PostAsync(Operations, body);
            Assert.That((code, answer.GetProperty("outcome").GetString()), Is.EqualTo((503, "fail")), body);
        }
    }

    private async Task<(int Code, string? Outcome)> OutcomeAsync(string body)
    {
        (int code, JsonElement answer) = await _node.PostAsync(Operations, body);
        return (code, answer.GetProperty("outcome").GetString());
    }

    private async Task<string> ReadAsync(string key, string consistency = "linearizable")
    {
        (int code, JsonElement answer) = await _node.PostAsync(Operations, $$"""{"op":"read","key":"{{key}}","consistency":"{{consistency}}"}""");
        Assert.That(code, Is.EqualTo(200));
        return answer.GetProperty("value").GetRawText();
    }
}
