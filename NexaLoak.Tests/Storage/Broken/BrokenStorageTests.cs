using System.Reflection;
using NUnit.Framework;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>A suite that can't fail proves nothing: every check refuses the storages whose faults it is meant to find.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class BrokenStorageTests
{
    private static readonly BrokenStorageCase[] Cases = [.. BrokenOpenings.All, .. BrokenLogs.All, .. BrokenBases.All, .. BrokenSnapshots.All];

    private static readonly StorageCheck[] Checks = [.. StorageConformance.Checks, .. StorageConformance.CrashChecks];

    [TestCaseSource(nameof(Cases))]
    public async Task A_broken_storage_is_refused_by_the_check_that_is_meant_for_it(BrokenStorageCase broken)
    {
        StorageCheck check = Checks.Single(check => check.Name == broken.Check);
        StorageConformanceException refusal = (await Assert.ThrowsAsync<StorageConformanceException>(() => check.RunAsync(broken.Storage)))!;
        TestContext.Out.WriteLine(refusal.Message);
        Assert.Multiple(() =>
        {
            Assert.That(refusal.Rule, Is.EqualTo(broken.Rule), refusal.Message);
            Assert.That(refusal.Message, Does.Contain(broken.Rule.Source).And.Contain(broken.Rule.Text));
            Assert.That(refusal.Message, Does.Contain($"Expected: {refusal.Expected}").And.Contain($"Found: {refusal.Found}"));
        });
    }

    [TestCaseSource(nameof(Checks))]
    public async Task Every_check_refuses_a_broken_storage_and_accepts_it_without_its_fault(StorageCheck check)
    {
        Assert.That(Cases.Select(broken => broken.Check), Does.Contain(check.Name));
        await check.RunAsync(new StorageUnderTest(() => new BrokenStorage(), closed => closed) { Crash = open => open });
    }

    [Test]
    public void Every_rule_is_the_one_of_a_broken_storage() =>
        Assert.That(
            typeof(StorageRules).GetFields().Select(field => (StorageRule)field.GetValue(null)!),
            Is.SubsetOf(Cases.Select(broken => broken.Rule)));

    [Test]
    public void Names_are_unique() => Assert.That(Checks.Select(check => check.Name), Is.Unique);

    [Test]
    public void Every_rule_names_what_is_there()
    {
        foreach (StorageRule rule in typeof(StorageRules).GetFields().Select(field => (StorageRule)field.GetValue(null)!))
        {
            string[] source = rule.Source.Split('.');
            Type? type = typeof(IRaftStorage).Assembly.GetType($"Raft.Core.Storage.{source[0]}");
            Assert.That(type?.IsVisible, Is.True, rule.Source);
            MemberInfo[] members = source.Length == 1 ? [] : type!.GetMember(source[1], BindingFlags.Instance | BindingFlags.Public);
            Assert.That(members, Has.Length.EqualTo(source.Length - 1), rule.Source);
        }
    }

    [TestCaseSource(typeof(StorageConformance), nameof(StorageConformance.CrashChecks))]
    public void A_check_that_needs_a_crash_says_so(StorageCheck check) =>
        Assert.That(() => check.RunAsync(new StorageUnderTest(() => new MemoryStorage(), closed => closed)), Throws.ArgumentException);

    [Test]
    public void A_check_that_waits_ends_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        var storage = new StorageUnderTest(() => new MemoryStorage(completeAtOnce: false), closed => closed);
        StorageCheck check = Checks.Single(check => check.Name == "A vote without entries is there after reopening");
        Task run = check.RunAsync(storage, cancelled.Token);
        Assert.That(run.IsCompleted, Is.False);
        cancelled.Cancel();
        Assert.That(() => run, Throws.InstanceOf<OperationCanceledException>());
    }
}
