using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Membership;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class MembershipCodecTests
{
    private static readonly ClusterConfiguration Joint = new(
        [new(1), new(300), new(ulong.MaxValue)], [new(1), new(2), new(4)], [new(5)], [new(4)], [new(300)], [new(new(2), "host:1"), new(new(5), "hôte")]);

    private static IEnumerable<ClusterConfiguration> Samples => [ClusterConfiguration.Empty, Members("v1"), Members("v1=a v2 w3=b l4"), Joint];

    [TestCaseSource(nameof(Samples))]
    public void Encoding_and_decoding_gives_the_same(ClusterConfiguration configuration)
        => Assert.That(ConfigurationCodec.Decode(ConfigurationCodec.Encode(configuration)), Is.EqualTo(configuration));

    [Test]
    public void Equal_configurations_have_equal_bytes()
        => Assert.That(ConfigurationCodec.Encode(Members("l4 v2=b v1=a")), Is.EqualTo(ConfigurationCodec.Encode(Members("v1=a v2=b l4"))));

    [Test]
    public void Every_piece_that_is_cut_off_is_refused()
    {
        byte[] bytes = ConfigurationCodec.Encode(Joint);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.That(() => ConfigurationCodec.Decode(cut), Throws.TypeOf<FormatException>(), $"{length} bytes");
        }

        Assert.That(() => ConfigurationCodec.Decode([.. bytes, 0]), Throws.TypeOf<FormatException>());
    }

    [TestCase(new byte[] { 2, 1, 1, 0, 0, 0, 0, 0 }, TestName = "A_newer_version_is_refused")]
    [TestCase(new byte[] { 1, 1, 0, 0, 0, 0, 0, 0 }, TestName = "The_id_0_is_refused")]
    [TestCase(new byte[] { 1, 0, 0, 0, 0, 1, 7, 0 }, TestName = "Witnesses_without_voters_are_refused")]
    [TestCase(new byte[] { 1, 1, 1, 0, 1, 1, 0, 0, 0 }, TestName = "A_voter_that_is_a_learner_is_refused")]
    [TestCase(new byte[] { 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, TestName = "An_absurd_count_is_refused")]
    public void Contradictions_are_refused(byte[] bytes) => Assert.That(() => ConfigurationCodec.Decode(bytes), Throws.TypeOf<FormatException>());

    [Test]
    public void Random_bytes_are_decoded_or_refused_and_nothing_else()
        => Prop.ForAll(Gen.Choose(0, 7).Select(value => (byte)value).ArrayOf().ToArbitrary(), bytes => IsHandled([1, .. bytes]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Test]
    public void Damaged_bytes_are_decoded_or_refused_and_nothing_else()
        => Prop.ForAll(Gen.Choose(0, 200).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (position, value) =>
        {
            byte[] bytes = ConfigurationCodec.Encode(Joint);
            bytes[position % bytes.Length] = (byte)value;
            return IsHandled(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    /// <summary>What was decoded is a whole configuration: it survives the way to bytes and back.</summary>
    private static bool IsHandled(byte[] bytes)
    {
        try
        {
            ClusterConfiguration decoded = ConfigurationCodec.Decode(bytes);
            return ConfigurationCodec.Decode(ConfigurationCodec.Encode(decoded)).Equals(decoded);
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
