using FsCheck;
using FsCheck.Fluent;
using NexaLoak.Orchestrator.Dns;
using NUnit.Framework;

namespace NexaLoak.Tests.Cloudflare;

[TestFixture]
public sealed class RecordOwnerTests
{
    private static readonly Gen<string> Name = Gen.Choose(1, 30)
        .SelectMany(length => Gen.Elements("abcxyzABCXYZ0189-_.".ToCharArray()).ArrayOf(length))
        .Select(letters => new string(letters));

    [FsCheck.NUnit.Property]
    public Property A_comment_names_the_owner_that_wrote_it()
        => Prop.ForAll(Owners().ToArbitrary(), owner =>
            RecordOwner.TryParse(owner.ToComment(), out RecordOwner? parsed) && parsed == owner);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Only_what_is_written_the_same_way_is_an_owner()
        => Prop.ForAll(Mutations().ToArbitrary(), comment =>
            !RecordOwner.TryParse(comment, out RecordOwner? parsed) || parsed.ToComment() == comment);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("made by hand")]
    [TestCase("nexaloak")]
    [TestCase("nexaloak:c1:n1")]
    [TestCase("nexaloak:c1:n1:7")]
    [TestCase("nexaloak:c1:n1:t")]
    [TestCase("nexaloak:c1:n1:t07")]
    [TestCase("nexaloak:c1:n1:t+7")]
    [TestCase("nexaloak:c1:n1:t-7")]
    [TestCase("nexaloak:c1:n1:t 7")]
    [TestCase("nexaloak:c1:n1:t18446744073709551616")]
    [TestCase("nexaloak:c1:n1:t7 ")]
    [TestCase(" nexaloak:c1:n1:t7")]
    [TestCase("NexaLoak:c1:n1:t7")]
    [TestCase("nexaloak::n1:t7")]
    [TestCase("nexaloak:c1::t7")]
    [TestCase("nexaloak:c 1:n1:t7")]
    [TestCase("nexaloak:c1:n1:t7:more")]
    [TestCase("nexaloak:c1:ñ1:t7")]
    public void Other_comments_name_no_owner(string? comment)
        => Assert.That(RecordOwner.TryParse(comment, out _), Is.False);

    [TestCase("c:1", "n1")]
    [TestCase("c1", "")]
    [TestCase("c1", "n 1")]
    [TestCase("c1\n", "n1")]
    public void Names_that_a_comment_cannot_hold_are_refused(string cluster, string node)
        => Assert.That(() => new RecordOwner(cluster, node, 1).ToComment(), Throws.TypeOf<FormatException>().With.Message.Not.Contains("\r"));

    [Test]
    public void Names_that_are_too_long_are_refused()
    {
        Assert.That(new RecordOwner(new string('c', 34), new string('n', 34), ulong.MaxValue).ToComment(), Has.Length.EqualTo(RecordOwner.MaxCommentLength));
        Assert.That(() => new RecordOwner(new string('c', 35), new string('n', 34), ulong.MaxValue).ToComment(), Throws.TypeOf<FormatException>());
    }

    private static Gen<RecordOwner> Owners()
        => from cluster in Name
           from node in Name
           from term in ArbMap.Default.GeneratorFor<ulong>()
           select new RecordOwner(cluster, node, term);

    private static Gen<string> Mutations()
        => from owner in Owners()
           from position in Gen.Choose(0, 200)
           from letter in Gen.Elements(":t0 9an-\u00e9\u0661".ToCharArray())
           let comment = owner.ToComment()
           select comment.Insert(position % (comment.Length + 1), letter.ToString());
}
