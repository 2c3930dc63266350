using System.Globalization;
using Tokenline.Bench;

var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8;
switch (args.FirstOrDefault())
{
    case "charging":
        await ChargingBench.RunAsync(seconds);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: Tokenline.Bench charging [seconds]");
        return 1;
}
