using Graft;
using Graft.Detectors;

// The program of the README: detects defects in one image and prints them.
// Run it in a folder that holds runs/adapted and board.jpg.


using Detector detector = Detector.Open("runs/adapted");
foreach (Detection found in detector.Detect("board.jpg"))
{
    Console.WriteLine(found);          // spur 0.91 at (120, 44), 60 × 32 px
}
