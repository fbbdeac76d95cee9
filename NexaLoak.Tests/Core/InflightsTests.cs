using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core;
using Raft.Core.Replication;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class InflightsTests
{
    /// <summary>Steps of a random walk: a positive number adds a message of that size, another one frees some.</summary>
    [Test]
    public void A_ring_of_messages_counts_like_a_list()
        => Prop.ForAll(Gen.Choose(-3, 20).ListOf().ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (steps, limit) =>
        {
            var inflights = new Inflights(limit, maxBytes: 100);
            var model = new Queue<(ulong LastIndex, long Bytes)>();
            ulong last = 0;
            foreach (int step in steps)
            {
                if (step > 0 && !inflights.IsFull)
                {
                    inflights.Add(++last, step);
                    model.Enqueue((last, step));
                }
                else if (step <= 0 && model.Count > 0)
                {
                    ulong upTo = model.Peek().LastIndex + (ulong)-step;
                    inflights.FreeUpTo(upTo);
                    while (model.Count > 0 && model.Peek().LastIndex <= upTo)
                    {
                        model.Dequeue();
                    }
                }

                bool full = model.Count == limit || model.Sum(message => message.Bytes) >= 100;
                if (inflights.Count != model.Count || inflights.Bytes != model.Sum(message => message.Bytes) || inflights.IsFull != full)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void More_than_allowed_is_refused()
    {
        var inflights = new Inflights(1, 10);
        inflights.Add(1, 1);
        Assert.That(() => inflights.Add(2, 1), Throws.TypeOf<RaftInvariantException>());
    }
}
