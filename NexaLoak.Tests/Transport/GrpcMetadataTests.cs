using FsCheck;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;
using NUnit.Framework;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class GrpcMetadataTests
{
    [Property]
    public bool A_status_message_comes_through_and_is_plain_ascii(NonNull<string> text)
    {
        // Lone surrogates are no text: UTF-8 has no form for them.
        string message = string.Concat(text.Get.EnumerateRunes());
        string encoded = PercentEncoding.Encode(message);
        return encoded.All(static c => c is >= ' ' and <= '~') && PercentEncoding.Decode(encoded) == message;
    }

    [TestCase("100%", "100%25")]
    [TestCase("a\nb", "a%0Ab")]
    [TestCase("zwölf", "zw%C3%B6lf")]
    public void Only_what_must_be_is_escaped(string text, string encoded) => Assert.That(PercentEncoding.Encode(text), Is.EqualTo(encoded));

    [TestCase("50% of", "50% of")]
    [TestCase("%", "%")]
    [TestCase("%4", "%4")]
    [TestCase("%zz%41", "%zzA")]
    public void A_malformed_escape_stands_for_itself(string encoded, string text) => Assert.That(PercentEncoding.Decode(encoded), Is.EqualTo(text));

    [TestCase("1H", 3_600_000)]
    [TestCase("2M", 120_000)]
    [TestCase("3S", 3_000)]
    [TestCase("250m", 250)]
    [TestCase("5000u", 5)]
    [TestCase("99999999n", 99.9999)]
    [TestCase("0m", 0)]
    public void A_timeout_is_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.That(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.That(timeout.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase("")]
    [TestCase("S")]
    [TestCase("1")]
    [TestCase("1s")]
    [TestCase("-1S")]
    [TestCase("+1S")]
    [TestCase("1.5S")]
    [TestCase("123456789S")]
    public void A_malformed_timeout_is_refused(string text) => Assert.That(GrpcTimeout.TryParse(text, out _), Is.False);

    [TestCase("application/grpc", true)]
    [TestCase("application/grpc+proto", true)]
    [TestCase("application/grpc; charset=utf-8", true)]
    [TestCase("application/grpc-web", false)]
    [TestCase("application/json", false)]
    [TestCase(null, false)]
    public void The_content_type_tells_grpc_from_the_rest(string? contentType, bool isGrpc) => Assert.That(GrpcHeaders.IsGrpc(contentType), Is.EqualTo(isGrpc));
}
