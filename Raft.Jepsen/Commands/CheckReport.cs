using System.Text.Json;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Commands;

/// <summary>Prints what checkers say of a history, as lines for people or as JSON.</summary>
internal sealed class CheckReport(bool json, TextWriter output)
{
    public void Print(History history, HistoryVerdict verdict)
    {
        foreach (CheckResult result in verdict.Results)
        {
            Print(result);
        }

        int Count(Outcome outcome) => history.Operations.Count(operation => operation.Outcome == outcome);
        (int all, int ok, int failed, int unknown) = (history.Operations.Count, Count(Outcome.Ok), Count(Outcome.Fail), Count(Outcome.Unknown));
        int keys = history.Operations.Select(operation => operation.Request.Key).Distinct().Count();
        string name = HistoryFields.Of(verdict.Verdict);
        Write($"{name}: {all} operations on {keys} keys, {ok} ok, {failed} failed, {unknown} unknown", new
        {
            verdict = name,
            operations = all,
            keys,
            ok,
            failed,
            unknown,
            findings = verdict.Results.Sum(result => result.Findings.Count),
            undecided = verdict.Results.Sum(result => result.Undecided.Count),
        });
    }

    private void Print(CheckResult result)
    {
        Write($"{result.Checker}: {HistoryFields.Of(result.Verdict)}", new
        {
            @event = "checker", checker = result.Checker, verdict = HistoryFields.Of(result.Verdict),
        });
        foreach (Finding finding in result.Findings)
        {
            string shown = string.Concat(finding.Operations.Select(operation => $"\n    {OperationText.Of(operation)}"));
            Write($"  {finding.Anomaly} of '{finding.Key}': {finding.Message}{shown}", new
            {
                @event = "finding",
                checker = result.Checker,
                anomaly = finding.Anomaly,
                key = finding.Key,
                message = finding.Message,
                operations = finding.Operations.Select(Fields),
            });
        }

        foreach (string undecided in result.Undecided)
        {
            Write($"  not decided: {undecided}", new { @event = "undecided", checker = result.Checker, message = undecided });
        }
    }

    private static object Fields(HistoryOperation operation) => new
    {
        process = operation.Process,
        invoke_index = operation.Invocation.Index,
        end_index = operation.Completion?.Index,
        outcome = HistoryFields.Of(operation.Outcome),
        text = OperationText.Of(operation),
    };

    private void Write(string text, object fields) => output.WriteLine(json ? JsonSerializer.Serialize(fields) : text);
}
