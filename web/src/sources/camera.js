/** Frames of a camera, and what to say when there is none. */

/** Why there is no camera: the names of texts. @typedef {"denied" | "no_camera" | "camera_busy"} Problem */

export class CameraError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem);
    this.problem = problem;
  }
}

export class Camera {
  live = true;
  name = "camera";

  /** @param {"user" | "environment"} facing */
  constructor(facing) {
    this.facing = facing;
    this.mirror = facing === "user";
    this.video = document.createElement("video");
    this.video.playsInline = true;
    this.video.muted = true;
    this.video.className = "source"; // some browsers play only what is on the page
    this.video.ariaHidden = "true";
    document.body.append(this.video);
    this.count = 0; // of frames
    /** @type {() => void} */
    this.onLost = () => {};
  }

  /** Opens the camera; the browser asks for permission. @throws {CameraError} */
  async open() {
    const {facing: facingMode, video} = this;
    const size = {width: {ideal: 640}, height: {ideal: 480}};
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        video: {facingMode, frameRate: {ideal: 30}, ...size},
        audio: false,
      });
      await video.play();
      if (this.tracks.some(({readyState}) => readyState === "ended")) throw new Error("lost at once");
    } catch (error) {
      this.close();
      throw new CameraError(problemOf(/** @type {Error} */ (error)));
    }
    for (const track of this.tracks) track.onended = () => this.onLost();
    const next = () => {
      this.count += 1;
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }

  /** Closes the camera. */
  close() {
    for (const track of this.tracks) {
      track.onended = null;
      track.stop();
    }
    this.video.srcObject = null;
    this.video.remove();
  }

  get tracks() {
    const stream = /** @type {MediaStream | null} */ (this.video.srcObject);
    return stream?.getTracks() ?? [];
  }

  /** What shows the latest frame, its sides, and its number: 0 before the first one. */
  get frame() {
    const {video, count: number} = this;
    return {image: video, width: video.videoWidth, height: video.videoHeight, number};
  }

  /** Does nothing: the people in front of a camera follow the match themselves. */
  follow() {}
}

/** Whether there are several cameras to choose from, as on a phone. */
export async function hasSeveralCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({kind}) => kind === "videoinput").length > 1;
}

/** @param {Error} error @returns {Problem} */
function problemOf({name}) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "no_camera";
  return "camera_busy";
}
