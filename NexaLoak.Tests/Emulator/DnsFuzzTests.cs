using FsCheck;
using FsCheck.Fluent;
using NexaLoak.Orchestrator.Emulator;
using NexaLoak.Orchestrator.Emulator.NameServer;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

/// <summary>Whatever arrives, the name server's code answers it within limits or passes it over.</summary>
[TestFixture]
public sealed class DnsFuzzTests
{
    private static readonly ZoneResolver Resolver = CreateResolver();

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool Random_bytes_are_answered_or_passed_over(byte[] message) => IsHandled(message);

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Random_bytes_behind_a_good_header_are_answered(byte[] rest, bool extension)
        => IsHandled([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, extension ? (byte)1 : (byte)0, .. rest]).ToProperty();

    [FsCheck.NUnit.Property(MaxTest = 4000)]
    public Property Damaged_queries_are_answered_or_passed_over()
        => Prop.ForAll(Damaged().ToArbitrary(), IsHandled);

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Every_piece_of_a_query_is_handled(ushort type)
        => Enumerable.Range(0, DnsTestClient.Query("vpn.example.com", type, extension: true).Length + 1)
            .All(length => IsHandled(DnsTestClient.Query("vpn.example.com", type, extension: true)[..length])).ToProperty();

    [Test]
    public void A_name_of_255_octets_is_the_longest()
    {
        string label = new('x', 63);
        string longest = $"{label}.{label}.{label}.{label[..61]}";
        Assert.That(DnsQueryParser.Parse(DnsTestClient.Query(longest, 1))!.Problem, Is.EqualTo(DnsResponseCode.NoError));
        Assert.That(DnsQueryParser.Parse(DnsTestClient.Query($"{longest}x", 1))!.Problem, Is.EqualTo(DnsResponseCode.FormatError));
    }

    [Test]
    public void A_dot_inside_a_label_is_no_border_between_labels()
    {
        byte[] query = DnsTestClient.Query("vpn-example.com", 1);
        query[16] = (byte)'.';

        DnsQuery parsed = DnsQueryParser.Parse(query)!;

        Assert.That(parsed.Name, Is.EqualTo(@"vpn\046example.com"));
        Assert.That(Resolver.Resolve(parsed).Code, Is.EqualTo(DnsResponseCode.Refused));
    }

    private static bool IsHandled(byte[] message)
    {
        if (DnsQueryParser.Parse(message) is not { } query)
        {
            return message.Length < DnsQueryParser.HeaderLength || (message[2] & 0x80) != 0;
        }

        int limit = DnsAnswerWriter.UdpLimit(query);
        byte[] answer = DnsAnswerWriter.Write(query, Resolver.Resolve(query), limit);
        return answer.Length >= DnsQueryParser.HeaderLength
            && answer.Length <= limit
            && limit is >= 512 and <= 1232
            && answer[0] == message[0]
            && answer[1] == message[1]
            && (answer[2] & 0x80) != 0;
    }

    private static Gen<byte[]> Damaged()
        => from name in Gen.Elements("vpn.example.com", "example.com", "nobody.example.com", "example.org")
           from type in Gen.Elements<ushort>(1, 2, 5, 6, 15, 16, 28, 41, 255, 65535)
           from extension in Gen.Elements(false, true)
           from position in Gen.Choose(0, 1000)
           from value in Gen.Choose(0, 255)
           from cut in Gen.Choose(0, 3)
           select Damage(DnsTestClient.Query(name, type, extension), position, (byte)value, cut);

    private static byte[] Damage(byte[] query, int position, byte value, int cut)
    {
        query[position % query.Length] = value;
        return query[..(query.Length - cut)];
    }

    private static ZoneResolver CreateResolver()
    {
        var zone = new EmulatedZone("example.com", TimeProvider.System);
        zone.Change(transaction =>
        {
            for (int i = 1; i <= 100; i++)
            {
                transaction.Add(new EmulatedRecord
                {
                    Id = EmulatedZone.NewId(),
                    Type = "A",
                    Name = "vpn.example.com",
                    Content = $"192.0.2.{i}",
                    Ttl = 60,
                    Proxied = false,
                    CreatedOn = DateTimeOffset.UnixEpoch,
                    ModifiedOn = DateTimeOffset.UnixEpoch,
                });
            }

            return true;
        });
        return new ZoneResolver(zone);
    }
}
