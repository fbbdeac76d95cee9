using System.Buffers.Binary;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Cloudflare;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

[TestFixture]
[CancelAfter(60_000)]
public sealed class NameServerTests
{
    private const ushort A = 1;
    private const ushort Ns = 2;
    private const ushort Soa = 6;
    private const ushort Txt = 16;
    private const ushort Aaaa = 28;
    private const int FormatError = 1;
    private const int NameError = 3;
    private const int NotImplemented = 4;
    private const int Refused = 5;

    private EmulatorFixture _fixture = null!;
    private DnsTestClient _dns = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _fixture = await EmulatorFixture.StartAsync();
        _dns = new DnsTestClient(_fixture.Emulator.DnsEndPoint);
    }

    [TearDown]
    public async Task StopAsync() => await _fixture.DisposeAsync();

    [Test]
    public async Task Udp_and_tcp_answer_alike(CancellationToken ct)
    {
        await AddAsync("A", "vpn.example.com", "192.0.2.1", ct);
        byte[] query = DnsTestClient.Query("vpn.example.com", A);

        byte[] answer = await _dns.AskUdpAsync(query, ct);

        Assert.That(await _dns.AskTcpAsync(query, ct), Is.EqualTo(answer));
        Assert.Multiple(() =>
        {
            Assert.That(answer[..2], Is.EqualTo(query[..2]));
            Assert.That(DnsTestClient.Flags(answer), Is.EqualTo(0x8000 | DnsTestClient.Authoritative | 0x0100), "a response, authoritative, recursion still desired");
            Assert.That(answer[12..query.Length], Is.EqualTo(query[12..]), "the question is repeated");
            Assert.That(DnsTestClient.Addresses(answer), Is.EqualTo(["192.0.2.1"]));
            Assert.That(BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(query.Length + 6)), Is.EqualTo(60), "time to live");
        });
    }

    [Test]
    public async Task Several_queries_go_over_one_connection(CancellationToken ct)
    {
        await AddAsync("A", "vpn.example.com", "192.0.2.1", ct);
        byte[] query = DnsTestClient.Query("vpn.example.com", A);
        byte[] frame = [(byte)(query.Length >> 8), (byte)query.Length, .. query];
        using var tcp = new TcpClient(AddressFamily.InterNetwork);
        await tcp.ConnectAsync(_fixture.Emulator.DnsEndPoint, ct);
        NetworkStream stream = tcp.GetStream();

        // Both at once, cut in the middle of the second.
        await stream.WriteAsync((byte[])[.. frame, .. frame[..5]], ct);
        await stream.WriteAsync(frame.AsMemory(5), ct);

        for (int i = 0; i < 2; i++)
        {
            byte[] length = new byte[2];
            await stream.ReadExactlyAsync(length, ct);
            byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(answer, ct);
            Assert.That(DnsTestClient.Addresses(answer), Is.EqualTo(["192.0.2.1"]));
        }
    }

    [TestCase("vpn.example.com", A, 0, 1)]
    [TestCase("VPN.Example.COM", A, 0, 1)]
    [TestCase("vpn.example.com", Aaaa, 0, 1)]
    [TestCase("vpn.example.com", Txt, 0, 0)]
    [TestCase("www.example.com", A, 0, 2)]
    [TestCase("www.example.com", 5, 0, 1)]
    [TestCase("text.example.com", Txt, 0, 1)]
    [TestCase("deep.er.example.com", A, 0, 1)]
    [TestCase("er.example.com", A, 0, 0)]
    [TestCase("example.com", A, 0, 0)]
    [TestCase("example.com", Soa, 0, 1)]
    [TestCase("example.com", Ns, 0, 2)]
    [TestCase("example.com", 15, 0, 1)]
    [TestCase("vpn.example.com", 255, 0, 2)]
    [TestCase("nobody.example.com", A, NameError, 0)]
    [TestCase("xvpn.example.com", A, NameError, 0)]
    [TestCase("example.org", A, Refused, 0)]
    [TestCase("notexample.com", A, Refused, 0)]
    [TestCase("com", A, Refused, 0)]
    public async Task A_name_is_there_or_not(string name, int type, int code, int answers, CancellationToken ct)
    {
        await AddAsync("A", "vpn.example.com", "192.0.2.1", ct);
        await AddAsync("AAAA", "vpn.example.com", "2001:db8::1", ct);
        await AddAsync("CNAME", "www.example.com", "vpn.example.com", ct);
        await AddAsync("TXT", "text.example.com", new string('t', 300), ct);
        await AddAsync("A", "deep.er.example.com", "192.0.2.2", ct);
        await AddMxAsync(ct);

        byte[] answer = await _dns.AskUdpAsync(DnsTestClient.Query(name, (ushort)type), ct);

        Assert.Multiple(() =>
        {
            Assert.That(DnsTestClient.Code(answer), Is.EqualTo(code));
            Assert.That(DnsTestClient.AnswerCount(answer), Is.EqualTo(answers));
            Assert.That(DnsTestClient.Flags(answer) & DnsTestClient.Authoritative, code == Refused ? Is.Zero : Is.Not.Zero);
            Assert.That(DnsTestClient.AuthorityCount(answer), Is.EqualTo(answers == 0 && code != Refused ? 1 : 0), "the zone's SOA beside an empty answer");
        });
    }

    [Test]
    public async Task Aliases_that_go_round_in_circles_end(CancellationToken ct)
    {
        await AddAsync("CNAME", "a.example.com", "b.example.com", ct);
        await AddAsync("CNAME", "b.example.com", "a.example.com", ct);

        Assert.That(DnsTestClient.AnswerCount(await _dns.AskUdpAsync(DnsTestClient.Query("a.example.com", A), ct)), Is.InRange(2, 20));
    }

    [Test]
    public async Task A_proxied_name_hides_its_address(CancellationToken ct)
    {
        await _fixture.Client.Zones.DnsRecords.AddAsync(
            _fixture.Emulator.ZoneId, new NewDnsRecord { Type = "A", Name = "web", Content = "198.51.100.1", Proxied = true }, null, ct);

        Assert.That(await _dns.AddressesAsync("web.example.com", ct), Is.EqualTo(["192.0.2.1"]));
    }

    [Test]
    public async Task An_answer_too_long_for_udp_sends_the_client_to_tcp(CancellationToken ct)
    {
        string[] addresses = [.. Enumerable.Range(1, 40).Select(i => $"192.0.2.{i}")];
        foreach (string address in addresses)
        {
            await AddAsync("A", "vpn.example.com", address, ct);
        }

        byte[] plain = await _dns.AskUdpAsync(DnsTestClient.Query("vpn.example.com", A), ct);
        byte[] extended = await _dns.AskUdpAsync(DnsTestClient.Query("vpn.example.com", A, extension: true), ct);
        byte[] stream = await _dns.AskTcpAsync(DnsTestClient.Query("vpn.example.com", A), ct);

        Assert.Multiple(() =>
        {
            Assert.That(plain, Has.Length.LessThanOrEqualTo(512));
            Assert.That(DnsTestClient.Flags(plain) & DnsTestClient.Truncated, Is.Not.Zero);
            Assert.That(DnsTestClient.Flags(extended) & DnsTestClient.Truncated, Is.Zero);
            Assert.That(DnsTestClient.Addresses(extended), Is.EquivalentTo(addresses));
            Assert.That(extended[^11..^8], Is.EqualTo(new byte[] { 0, 0, 41 }), "an extension record answers one");
            Assert.That(DnsTestClient.Flags(stream) & DnsTestClient.Truncated, Is.Zero);
            Assert.That(DnsTestClient.Addresses(stream), Is.EquivalentTo(addresses));
        });
    }

    [Test]
    public async Task A_newer_extension_is_refused_by_its_version(CancellationToken ct)
    {
        byte[] query = DnsTestClient.Query("vpn.example.com", A, extension: true);
        query[^5] = 1;

        byte[] answer = await _dns.AskUdpAsync(query, ct);

        Assert.That(DnsTestClient.Code(answer), Is.Zero);
        Assert.That(answer[^6], Is.EqualTo(1), "the upper bits of code 16, BADVERS");
    }

    [TestCase("12340100000000000000000000", FormatError, TestName = "No_question")]
    [TestCase("123401000002000000000000", FormatError, TestName = "Two_questions_announced")]
    [TestCase("1234010000010000000000000376706e", FormatError, TestName = "A_name_that_ends_in_the_middle")]
    [TestCase("123401000001000000000000c00c00010001", FormatError, TestName = "A_pointer_to_itself")]
    [TestCase("1234010000010000000000000376706e0000010001ff", FormatError, TestName = "Bytes_behind_the_end")]
    [TestCase("1234010000010001000000000376706e0000010001", FormatError, TestName = "A_query_with_answers")]
    [TestCase("1234010000010000000000010376706e0000010001", FormatError, TestName = "A_missing_additional_record")]
    [TestCase("123428000001000000000000076578616d706c6503636f6d0000060001", NotImplemented, TestName = "An_update")]
    [TestCase("123401000001000000000000076578616d706c6503636f6d0000010003", Refused, TestName = "Class_chaos")]
    public async Task A_malformed_query_is_told_so(string query, int code, CancellationToken ct)
    {
        byte[] answer = await _dns.AskUdpAsync(Convert.FromHexString(query), ct);

        Assert.That(DnsTestClient.Code(answer), Is.EqualTo(code));
        Assert.That(answer[..2], Is.EqualTo(new byte[] { 0x12, 0x34 }));
        Assert.That(DnsTestClient.AnswerCount(answer), Is.Zero);
    }

    [Test]
    public async Task What_is_no_query_gets_no_answer_and_harms_nothing(CancellationToken ct)
    {
        using var udp = new UdpClient(AddressFamily.InterNetwork);
        udp.Connect(_fixture.Emulator.DnsEndPoint);
        await udp.SendAsync(Array.Empty<byte>(), ct);
        await udp.SendAsync(new byte[] { 1, 2, 3 }, ct);
        await udp.SendAsync(Convert.FromHexString("123481000001000000000000076578616d706c6503636f6d0000010001"), ct);
        await udp.SendAsync(new byte[8000], ct);
        byte[] query = DnsTestClient.Query("example.com", Soa);
        query[0] = 0x77;
        await udp.SendAsync(query, ct);

        // Datagrams on loopback keep their order: whatever else had been answered would be here first. 8000 zeros have no question.
        byte[] first = (await udp.ReceiveAsync(ct)).Buffer;
        byte[] second = (await udp.ReceiveAsync(ct)).Buffer;
        Assert.That((first[0], DnsTestClient.Code(first)), Is.EqualTo(((byte)0, FormatError)));
        Assert.That((second[0], DnsTestClient.AnswerCount(second)), Is.EqualTo(((byte)0x77, 1)));
    }

    [Test]
    public async Task A_connection_that_sends_nonsense_is_closed(CancellationToken ct)
    {
        using var tcp = new TcpClient(AddressFamily.InterNetwork);
        await tcp.ConnectAsync(_fixture.Emulator.DnsEndPoint, ct);
        await tcp.GetStream().WriteAsync(new byte[] { 0, 3, 1, 2, 3 }, ct);

        Assert.That(await tcp.GetStream().ReadAsync(new byte[1], ct), Is.Zero);
    }

    private async Task AddAsync(string type, string name, string content, CancellationToken ct)
    {
        CloudflareResult<DnsRecord> result = await _fixture.Client.Zones.DnsRecords.AddAsync(
            _fixture.Emulator.ZoneId, new NewDnsRecord { Type = type, Name = name, Content = content, Ttl = 60 }, null, ct);
        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Ok), result.Reason);
    }

    private async Task AddMxAsync(CancellationToken ct)
    {
        using HttpClient http = _fixture.CreateHttpClient();
        using HttpResponseMessage response = await http.PostAsync(
            $"zones/{_fixture.Emulator.ZoneId}/dns_records", new StringContent("""{"type":"MX","name":"@","content":"mail.example.com","priority":10}"""), ct);
        Assert.That(response.IsSuccessStatusCode, Is.True);
    }
}
