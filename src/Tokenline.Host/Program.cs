using System.CommandLine;
using Tokenline.Host;
using Tokenline.Host.Verbs;

var root = new RootCommand("Tokenline sells AI tokens the way an operator sells minutes and megabytes.")
{
    ServeVerb.Command(),
};
return await Errors.ToExitCodeAsync(() => root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
