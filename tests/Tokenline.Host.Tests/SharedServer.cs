[assembly: AssemblyFixture(typeof(Tokenline.Host.Tests.SharedServer))]

namespace Tokenline.Host.Tests;

/// <summary>
/// One for all classes that bring their own subscribers, vendors and models, and neither change nor count anything of others'. Whoever does takes a <see cref="RunningServer"/>
/// of its own. Its books are looked at when the last of them is done.
/// </summary>
public sealed class SharedServer : RunningServer;
