using NUnit.Framework;
using Raft.Storage.Faster.Disk;

namespace NexaLoak.Tests.Storage;

/// <summary>How a file of the log comes into being.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class SegmentFileTests
{
    private const long Part = SegmentFile.PartBytes;
    private const long Length = 16 * Part;

    [Test]
    public async Task It_is_filled_part_by_part_and_no_further_than_it_is_allowed()
    {
        var made = new RecordingFile();
        var file = new SegmentFile(() => made, Length);

        file.ZeroTo(1);
        await Eventually.Holds(() => made.Zeros == Part, "the first part is filled whole");
        file.ZeroTo(Part);
        file.ZeroTo((3 * Part) + 1);
        await Eventually.Holds(() => made.Zeros == 4 * Part, "four parts are filled");

        Assert.That(made.Steps, Is.EqualTo(new[] { Part, 2 * Part, 3 * Part, 4 * Part }));
        Assert.That(file.Opened.IsCompleted, Is.False);
        Assert.That(file.Open(), Is.SameAs(made.Opened));
        Assert.That(made.Zeros, Is.EqualTo(Length));
        Assert.That(made.Disposed, Is.False);
    }

    [Test]
    public void What_lies_behind_the_end_is_not_filled()
    {
        var made = new RecordingFile();
        var file = new SegmentFile(() => made, Part + 10);

        file.ZeroTo(5 * Part);
        file.Open();

        Assert.That(made.Steps, Is.EqualTo(new[] { Part, Part + 10 }));
    }

    [Test]
    public async Task Given_up_half_way_it_is_removed()
    {
        var made = new RecordingFile();
        var file = new SegmentFile(() => made, Length);
        file.ZeroTo(Part);
        await Eventually.Holds(() => made.Zeros == Part, "the first part is filled");

        file.Abandon();

        Assert.That(async () => await file.Opened, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(made.Disposed, Is.True);
        file.ZeroTo(Length);
        Assert.That(made.Zeros, Is.EqualTo(Part), "and left alone");
    }

    [Test]
    public void Given_up_before_it_was_begun_it_never_is()
    {
        bool begun = false;
        var file = new SegmentFile(
            () =>
            {
                begun = true;
                return new RecordingFile();
            },
            Length);

        file.Abandon();

        Assert.That(async () => await file.Opened, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(begun, Is.False);
    }

    [Test]
    public void Given_up_once_it_is_open_it_stays()
    {
        var made = new RecordingFile();
        var file = new SegmentFile(() => made, Length);
        IDiskFile opened = file.Open();

        file.Abandon();

        Assert.That(file.Opened.Result, Is.SameAs(opened));
        Assert.That(made.Disposed, Is.False);
    }

    [Test]
    public void A_failure_reaches_who_opens_it_and_what_there_is_of_it_is_removed()
    {
        var made = new RecordingFile { FailsAt = 3 * Part };
        var file = new SegmentFile(() => made, Length);

        Assert.That(file.Open, Throws.TypeOf<IOException>().With.Message.EqualTo("No space left on device"));
        Assert.That(made.Disposed, Is.True);
        file.Abandon();
        Assert.That(file.Open, Throws.TypeOf<IOException>(), "it was not tried again");
        Assert.That(made.Zeros, Is.EqualTo(2 * Part));
    }

    private sealed class RecordingFile : INewFile
    {
        private readonly List<long> _steps = [];

        public long FailsAt { get; init; } = long.MaxValue;

        public IReadOnlyList<long> Steps
        {
            get
            {
                lock (_steps)
                {
                    return [.. _steps];
                }
            }
        }

        public long Zeros => Steps is { Count: > 0 } steps ? steps[^1] : 0;

        public bool Disposed { get; private set; }

        public IDiskFile? Opened { get; private set; }

        public void ZeroTo(long offset)
        {
            if (offset >= FailsAt)
            {
                throw new IOException("No space left on device");
            }

            lock (_steps)
            {
                _steps.Add(offset);
            }
        }

        public IDiskFile Finish() => Opened = new SimulatedDisk().CreateEmpty("log.1");

        public void Dispose() => Disposed = true;
    }
}
