using Raft.Jepsen.Simulation;
var opt = new SimulationOptions(60_000_000, Raft.Jepsen.Mutants.Mutant.None);
long[] occ = new long[Enum.GetValues<Occurrence>().Length];
ulong start = ulong.Parse(args[0]); ulong n = ulong.Parse(args[1]);
var sw = System.Diagnostics.Stopwatch.StartNew(); long steps=0; int fails=0;
for (ulong s = start; s < start+n; s++) {
  var r = new SimulatedCluster(s, opt, occ).Run(s); steps += r.Steps;
  if (r.Failure != null) { fails++; Console.WriteLine($"{s}: {r.Failure.Message} at {r.VirtualMicroseconds}"); 
   if (args.Length>2) { EventTrace? t=null; new SimulatedCluster(s,opt,occ, c => t = new EventTrace(c,int.Parse(args[2]))).Run(s); foreach (var (node,e) in t!.All) Console.WriteLine($"  {node} {e}"); } }
}
Console.WriteLine($"{n} seeds {fails} fails {steps} steps {sw.Elapsed.TotalSeconds:F1}s {steps/sw.Elapsed.TotalSeconds:F0}/s");
foreach (var o in Enum.GetValues<Occurrence>()) Console.WriteLine($"{o} {occ[(int)o]}");
