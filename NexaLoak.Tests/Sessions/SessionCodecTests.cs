using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

[Parallelizable(ParallelScope.All)]
internal sealed class SessionCodecTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(0x0102_0304);
    private static readonly SessionLimits Limits = new() { Timeout = TimeSpan.FromSeconds(2), MaxSessions = 3, MaxReplyBytes = 1024, Window = 5 };

    private static readonly TestCaseData[] Golden =
    [
        new(SessionCommand.Plain(Now, new byte[] { 9, 8 }), "0100040302010000000009" + "08"),
        new(SessionCommand.Open(Now), "01010403020100000000"),
        new(SessionCommand.Propose(Now, 300, 7, 5, new byte[] { 9 }), "01020403020100000000" + "AC02" + "07" + "02" + "09"),
        new(SessionCommand.KeepAlive(Now, 300, 5), "01030403020100000000" + "AC02" + "05"),
        new(SessionCommand.Close(Now, 300), "01040403020100000000" + "AC02"),
        new(SessionCommand.Configure(Now, Limits), "01050403020100000000" + "D00F" + "03" + "8008" + "05"),
    ];

    [TestCaseSource(nameof(Golden))]
    public void The_bytes_of_a_command_are_fixed(SessionCommand command, string hex)
    {
        byte[] bytes = SessionCodec.Encode(command);
        Assert.That(Convert.ToHexString(bytes), Is.EqualTo(hex));
        Assert.That(SessionCodec.TryDecode(bytes, out SessionCommand decoded), Is.True);
        Assert.That(decoded with { Payload = default }, Is.EqualTo(command with { Payload = default }));
        Assert.That(decoded.Payload.ToArray(), Is.EqualTo(command.Payload.ToArray()));
    }

    [TestCaseSource(nameof(Golden))]
    public void A_command_that_is_cut_off_is_none(SessionCommand command, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int length = 0; length < bytes.Length - command.Payload.Length; length++)
        {
            Assert.That(SessionCodec.TryDecode(bytes.AsMemory(0, length), out _), Is.False, $"{length} bytes");
        }
    }

    [TestCase("", TestName = "nothing")]
    [TestCase("00000403020100000000", TestName = "version 0")]
    [TestCase("02000403020100000000", TestName = "version 2")]
    [TestCase("01060403020100000000", TestName = "unknown kind")]
    [TestCase("0101040302010000000000", TestName = "bytes behind an opening")]
    [TestCase("0101FFFFFFFFFFFFFFFF", TestName = "a clock beyond the year 9999")]
    [TestCase("01020403020100000000010000", TestName = "sequence 0")]
    [TestCase("01020403020100000000010303", TestName = "lowest unanswered 0")]
    [TestCase("01020403020100000000010304", TestName = "lowest unanswered below 0")]
    [TestCase("01020403020100000000FFFFFFFFFFFFFFFFFF020301", TestName = "a number of more than 64 bits")]
    [TestCase("01050403020100000000D00F03800800", TestName = "a window of 0")]
    [TestCase("01050403020100000000FFFFFFFFFFFFFFFFFF0103800805", TestName = "a timeout of ages")]
    public void Bytes_that_are_no_command_are_answered_and_change_nothing(string hex)
    {
        var replica = new SessionReplica();
        replica.Open();
        ulong before = replica.Machine.ComputeSessionHash();
        Assert.That(SessionCodec.DecodeReply(replica.Apply(Convert.FromHexString(hex))).Status, Is.EqualTo(SessionStatus.Malformed));
        Assert.That(replica.Machine.ComputeSessionHash(), Is.EqualTo(before));
        Assert.That(replica.Tally.Commands, Is.Empty);
    }

    /// <summary>Half of the cases begin as commands do, so that they get beyond the first check.</summary>
    [Test]
    public void Arbitrary_bytes_never_throw()
        => Prop.ForAll(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary(), Gen.Choose(0, 12).ToArbitrary(), (tail, kind) =>
        {
            var replica = new SessionReplica();
            byte[] bytes = kind > 6 ? tail : [1, (byte)kind, 0, 0, 0, 0, 0, 0, 0, 0, .. tail];
            return SessionCodec.TryDecode(bytes, out SessionCommand command)
                ? Equals(SessionCodec.TryDecode(SessionCodec.Encode(command), out SessionCommand again), true) && again.Sequence == command.Sequence
                : SessionCodec.DecodeReply(replica.Apply(bytes)).Status == SessionStatus.Malformed;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void A_command_out_of_bounds_is_not_encoded()
    {
        Assert.That(() => SessionCodec.Encode(SessionCommand.Propose(Now, 1, 2, 3, default)), Throws.ArgumentException);
        Assert.That(() => SessionCodec.Encode(SessionCommand.Configure(Now, Limits with { Window = 0 })), Throws.ArgumentException);
    }

    [Test]
    public void A_node_can_put_its_own_clock_into_a_command()
    {
        byte[] bytes = SessionCodec.Encode(SessionCommand.Propose(DateTimeOffset.MaxValue, 300, 7, 5, new byte[] { 9 }));
        Assert.That(SessionCodec.TryStamp(bytes, Now), Is.True);
        Assert.That(bytes, Is.EqualTo(SessionCodec.Encode(SessionCommand.Propose(Now, 300, 7, 5, new byte[] { 9 }))));
        Assert.That(SessionCodec.TryStamp(new byte[3], Now), Is.False);
    }

    [TestCase("")]
    [TestCase("01")]
    [TestCase("0200")]
    [TestCase("0107")]
    [TestCase("010201")]
    [TestCase("0101")]
    [TestCase("010105D00F03800800")]
    public void Bytes_that_are_no_reply_are_refused(string hex)
        => Assert.That(() => SessionCodec.DecodeReply(Convert.FromHexString(hex)), Throws.TypeOf<FormatException>());

    [TestCase(0UL, 1)]
    [TestCase(127UL, 1)]
    [TestCase(128UL, 2)]
    [TestCase(ulong.MaxValue, 10)]
    public void The_session_of_a_command_takes_as_few_bytes_as_it_needs(ulong session, int size)
        => Assert.That(SessionCodec.Encode(SessionCommand.Close(Now, session)), Has.Length.EqualTo(10 + size));
}
